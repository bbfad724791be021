using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BudgetEngine.Api.Http;

namespace BudgetEngine.Api.Ingest;

/// <summary>Values of foreign records, read with forbearance: nothing in them is a reason to refuse money.</summary>
internal static class ForeignValues
{
    private const decimal MillisecondsPerSecond = 1_000;

    /// <summary>Seconds since 1970 are below that for the next three thousand years, milliseconds have been above it since 1973.</summary>
    private const decimal MaxSeconds = 100_000_000_000m;

    public static JsonElement? Member(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;
        }
        catch (InvalidOperationException)
        {
            // Safe: another member's name has half a character in it and cannot be compared; then nothing is known of this one.
            return null;
        }
    }

    /// <summary>A text as it was meant, or the digits of a number; null: neither, or blank. What cannot be stored is replaced by U+FFFD.</summary>
    public static string? Text(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return null;
        string text;
        try
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            // Safe: half a character, or bytes that are no UTF-8. As it was sent, escapes and all, it can be shown.
            text = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)).Trim('"');
        }

        return string.IsNullOrWhiteSpace(text) ? null : text.Replace('\0', '\ufffd');
    }

    /// <summary>A text or number that names something: two that were sent differ wherever they differed. Null: neither, or blank.</summary>
    public static string? Identity(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return null;
        try
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            return string.IsNullOrWhiteSpace(text) ? null : text;
        }
        catch (InvalidOperationException)
        {
            // Safe: what is no text is told from all others by its bytes.
            return "\ufffd" + Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(value)));
        }
    }

    /// <summary>An amount, from a number or a text.</summary>
    public static AmountReading Amount(JsonElement value, out decimal amount)
    {
        amount = 0;
        return Text(value) is { } text ? AmountText.Read(Encoding.UTF8.GetBytes(text.Trim()), out amount) : AmountReading.NotANumber;
    }

    /// <summary>True, or the word for it.</summary>
    public static bool IsTrue(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.True } || (value is { ValueKind: JsonValueKind.String } text && "true".Equals(Text(text), StringComparison.OrdinalIgnoreCase));

    /// <summary>An instant: seconds or milliseconds since 1970, or a text, which without an offset is UTC, as clients in Python write it.</summary>
    public static DateTimeOffset? Time(JsonElement? value)
    {
        if (value is not { } given || Text(given)?.Trim() is not { } text) return null;
        if (TimeText.TryParse(text, out var time) || TimeText.TryParse(text + "Z", out time)) return time;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds < 0) return null;
        if (seconds > MaxSeconds) seconds /= MillisecondsPerSecond;
        return seconds > MaxSeconds ? null : DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
    }

    /// <summary>A text that can be a stored name: printable, and cut to its length.</summary>
    public static string? Name(string? text, int maxLength)
    {
        if (text is null) return null;
        if (text.Length > maxLength) text = text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
        return TextRules.IsPrintable(text) ? text : string.Concat(text.Select(c => TextRules.IsPrintable(c.ToString()) ? c : '\ufffd'));
    }
}
