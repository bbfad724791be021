using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BudgetEngine.Integration.Tests.Readme;

/// <summary>Compares loosely what was printed with what is promised. Null: it fits.</summary>
internal static partial class Expectation
{
    public static string? FaultOfText(string expected, string printed)
    {
        foreach (var line in expected.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var pattern = string.Join(".*", line.Split('…').Select(Regex.Escape));
            if (!Regex.IsMatch(printed, pattern)) return $"does not print '{line}'";
        }

        return null;
    }

    public static string? FaultOfJson(string expected, string printed)
    {
        using var document = JsonDocument.Parse(expected);
        return LastJson(printed) is { } actual ? Fault("$", document.RootElement, actual) : "prints no JSON";
    }

    /// <summary>The last value that begins at the beginning of a line and ends with the output or before another line.</summary>
    private static JsonElement? LastJson(string printed)
    {
        var bytes = Encoding.UTF8.GetBytes(printed);
        JsonElement? last = null;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] is not ((byte)'{' or (byte)'[')) continue;
            var reader = new Utf8JsonReader(bytes.AsSpan(at), isFinalBlock: true, default);
            try
            {
                if (!JsonElement.TryParseValue(ref reader, out var value)) continue;
                last = value;
                at += (int)reader.BytesConsumed - 1;
            }
            catch (JsonException)
            {
                // Not a value: perhaps the next bracket begins one.
            }
        }

        return last;
    }

    private static string? Fault(string path, JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind == JsonValueKind.String && IsOpen(expected.GetString()!)) return null;
        switch (expected.ValueKind, actual.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                foreach (var member in expected.EnumerateObject())
                {
                    if (!actual.TryGetProperty(member.Name, out var value)) return $"{path}.{member.Name} is missing";
                    if (!Volatile().IsMatch(member.Name) && Fault($"{path}.{member.Name}", member.Value, value) is { } fault) return fault;
                }

                return null;
            case (JsonValueKind.Array, JsonValueKind.Array):
                if (expected.GetArrayLength() != actual.GetArrayLength()) return $"{path} has {actual.GetArrayLength()} items, not {expected.GetArrayLength()}";
                return expected.EnumerateArray().Zip(actual.EnumerateArray()).Select((p, i) => Fault($"{path}[{i}]", p.First, p.Second)).FirstOrDefault(f => f is not null);
            case (JsonValueKind.Number, JsonValueKind.Number) when expected.GetDecimal() == actual.GetDecimal():
                return null;
            default:
                return expected.ValueKind == actual.ValueKind && expected.ToString() == actual.ToString() && expected.ValueKind != JsonValueKind.Number
                    ? null : $"{path} is {actual.GetRawText()}, not {expected.GetRawText()}";
        }
    }

    private static bool IsOpen(string text) => text.Contains('…') || text.Contains("...", StringComparison.Ordinal);

    [GeneratedRegex("(^|_)(id|at|time|timestamp|key|version|etag|until)$")]
    private static partial Regex Volatile();
}
