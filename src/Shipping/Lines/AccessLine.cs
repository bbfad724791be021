using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BudgetEngine.Shipping.Lines;

/// <summary>
/// One line of an access log. Of nginx and Envoy by the format of the shipped configurations; of Caddy by its own, told by <c>resp_headers</c>. A value is a text or
/// a number; empty, <c>-</c> and null are absent, which is how gateways write what they do not know.
/// </summary>
internal static partial class AccessLine
{
    private const int FirstFailure = 400;
    private const int MaxCostLength = 40;

    /// <summary>As much as says which call it was: a client may ask for any address.</summary>
    private const int MaxPathLength = 256;

    /// <summary>A duration beyond it, in its own unit, says nothing.</summary>
    private const decimal MaxNumber = 1_000_000_000_000;

    /// <param name="record">Null of a sound line: there is nothing to settle.</param>
    /// <returns>False: the line is no JSON object.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> line, out SettlementRecord? record)
    {
        record = null;
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return false;
            record = json.RootElement.TryGetProperty("resp_headers", out var headers) ? OfCaddy(json.RootElement, headers) : OfFields(json.RootElement);
            return true;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static SettlementRecord? OfFields(JsonElement line) => Settles(new SettlementRecord
    {
        RequestId = Text(line, "request_id") ?? "", ReservationId = Text(line, "reservation_id"), CostCenter = Text(line, "cost_center"), User = Text(line, "user"), Model = Text(line, "model"),
        InputTokens = Count(line, "input_tokens"), OutputTokens = Count(line, "output_tokens"), Cost = Cost(Text(line, "cost")), Timestamp = Text(line, "time"),
        LatencyMs = Number(line, "duration_ms") ?? Number(line, "duration") * 1000, RequestPath = PathOf(Text(line, "path")),
    }, Count(line, "status"));

    private static SettlementRecord? OfCaddy(JsonElement line, JsonElement headers) => Settles(new SettlementRecord
    {
        RequestId = "", ReservationId = First(headers, "X-Budget-Reservation"), Cost = Cost(First(headers, "X-Usage-Cost")),
        Timestamp = Number(line, "ts") is { } seconds and > 0 and < 100_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)).ToString("O", CultureInfo.InvariantCulture) : null,
        LatencyMs = Number(line, "duration") * 1000, RequestPath = line.TryGetProperty("request", out var request) && request.ValueKind == JsonValueKind.Object ? PathOf(Text(request, "uri")) : null,
    }, Count(line, "status"));

    /// <summary>A cost, or counts, or a failure, which gives its hold back. A success that says nothing is left to the application.</summary>
    private static SettlementRecord? Settles(SettlementRecord line, long? status)
    {
        // A reservation is one call's and no client can make one up: as the record's id it is posted once, however often its line is read. An id in the log is the gateway's own.
        if (line.RequestId.Length == 0) line = line with { RequestId = line.ReservationId ?? "" };
        if (line.RequestId.Length == 0 || (line.ReservationId ?? line.CostCenter) is null) return null;
        if (line.Cost is not null || (line.Model is not null && (line.InputTokens ?? line.OutputTokens) is not null)) return line;
        return status >= FirstFailure && line.ReservationId is not null ? line with { Status = "error", Cost = "0" } : null;
    }

    private static string? Text(JsonElement line, string name)
    {
        if (!line.TryGetProperty(name, out var value)) return null;
        var text = value.ValueKind switch { JsonValueKind.String => Read(value), JsonValueKind.Number => value.GetRawText(), _ => null };
        return string.IsNullOrEmpty(text) || text == "-" ? null : text;
    }

    private static string? First(JsonElement headers, string name) =>
        headers.ValueKind == JsonValueKind.Object && headers.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0
            && values[0].ValueKind == JsonValueKind.String && Read(values[0]) is { Length: > 0 } value ? value : null;

    /// <summary>Null: bytes that are no UTF-8, or half of a pair, which a caller can put into its address. The rest of the line is good.</summary>
    private static string? Read(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static long? Count(JsonElement line, string name) => long.TryParse(Text(line, name), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static decimal? Number(JsonElement line, string name) => decimal.TryParse(Text(line, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= MaxNumber ? number : null;

    /// <summary>What is no number is as if it were absent: an upstream's header is no place for JSON.</summary>
    private static string? Cost(string? text) => text is { Length: <= MaxCostLength } && Amount().IsMatch(text) ? text : null;

    private static string? PathOf(string? target)
    {
        var path = target?.Split('?')[0];
        if (path is not { Length: > MaxPathLength }) return path;
        return path[..(char.IsHighSurrogate(path[MaxPathLength - 1]) ? MaxPathLength - 1 : MaxPathLength)];
    }

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Amount();
}
