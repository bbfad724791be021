using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>How payloads are written: exact numbers, instants in UTC, characters of other scripts as they are.</summary>
internal static class PayloadJson
{
    // What may stand in JSON stays readable and short; nothing of it is ever put into a page as it is.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(JsonNode json)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Options)) json.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An exact number without exponent or trailing zeros.</summary>
    public static JsonNode? Number(decimal? value) => value is { } number ? JsonValue.Create(number / 1.0000000000000000000000000000m) : null;

    public static JsonNode? Instant(DateTimeOffset? instant) =>
        instant is { } at ? JsonValue.Create(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)) : null;

    /// <summary>Text for programs: as it is, but cut, and without lone surrogates, which JSON cannot carry.</summary>
    public static JsonNode? Text(string? value, int limit) => value is null ? null : JsonValue.Create(Cut.Plain(value, limit));

    /// <summary>
    /// The first of ever shorter payloads that fits. The last one must: its values are so short that it always does.
    /// </summary>
    /// <param name="maxBytes">Of the payload.</param>
    /// <param name="write">Writes it with values of at most so many characters.</param>
    public static byte[] Fitting(int maxBytes, Func<int, JsonNode> write)
    {
        byte[] bytes = [];
        foreach (var valueLimit in ValueLimits)
        {
            bytes = Bytes(write(valueLimit));
            if (bytes.Length <= maxBytes) break;
        }

        return bytes;
    }

    private static readonly int[] ValueLimits = [2_000, 500, 128, 32];
}
