using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>Reads a number of the file, a JSON number or a string of one (people's own files have both), exactly.</summary>
internal static class LiteLlmNumber
{
    /// <summary>Longer than any number that means a price.</summary>
    private const int MaxLength = 64;

    private const int MillionExponent = 6;

    /// <summary>A price per token as one per 1,000,000 tokens. Null with a fault for what is no price; <paramref name="rounded"/> when it had too many decimals, and was rounded up.</summary>
    public static decimal? PerMillion(JsonElement element, out string? fault, out bool rounded) =>
        Read(element, MillionExponent, RateCard.MaxPrice, RateCard.MaxDecimals, " per 1,000,000 tokens", out fault, out rounded);

    /// <summary>A price per one of a unit, likewise.</summary>
    public static decimal? PerUnit(JsonElement element, out string? fault, out bool rounded) =>
        Read(element, 0, RateCard.MaxPrice, RateCard.MaxDecimals, "", out fault, out rounded);

    /// <summary>A multiplier, likewise.</summary>
    public static decimal? Multiplier(JsonElement element, out string? fault, out bool rounded) =>
        Read(element, 0, RateCard.MaxMultiplier, RateCard.MaxMultiplierDecimals, "", out fault, out rounded);

    /// <summary>A whole number up to a maximum, also as <c>2000000.0</c>; null for anything else.</summary>
    public static long? Whole(JsonElement element, long max) =>
        Read(element, 0, max, 0, "", out _, out var rounded) is { } value && !rounded ? (long)value : null;

    private static decimal? Read(JsonElement element, int shift, decimal max, int decimals, string per, out string? fault, out bool rounded)
    {
        rounded = false;
        fault = "is not a number";
        var text = element.ValueKind switch
        {
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.String => LiteLlmText.Of(element),
            _ => null,
        };
        if (text is null || text.Length > MaxLength || !TrySplit(text, out var digits, out var exponent)) return null;
        fault = digits.Sign < 0 ? "is negative" : null;
        if (fault is not null) return null;
        var scaled = Scale(digits, exponent + shift + decimals, out rounded);
        if (scaled <= (BigInteger)max * BigInteger.Pow(10, decimals)) return (decimal)scaled / (decimal)BigInteger.Pow(10, decimals);
        fault = $"is more than {max}{per}";
        return null;
    }

    // double would turn 1e-07 into 9.99...e-08, and decimal.Parse silently rounds after 28 digits: digits and exponent are read apart.
    private static bool TrySplit(string text, out BigInteger digits, out int exponent)
    {
        digits = 0;
        exponent = 0;
        var mark = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = mark < 0 ? text.AsSpan() : text.AsSpan(0, mark);
        if (mark >= 0 && !int.TryParse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return false;
        if (mantissa.IsEmpty || mantissa.IndexOfAnyExcept("0123456789.-") >= 0) return false;
        var point = mantissa.IndexOf('.');
        var fraction = point < 0 ? [] : mantissa[(point + 1)..];
        if (point >= 0 && fraction.IsEmpty) return false;
        var whole = point < 0 ? mantissa : mantissa[..point];
        if (whole.IsEmpty || exponent is < -1000 or > 1000) return false;
        exponent -= fraction.Length;
        return BigInteger.TryParse($"{whole}{fraction}", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out digits);
    }

    private static BigInteger Scale(BigInteger digits, int shift, out bool rounded)
    {
        rounded = false;
        if (shift >= 0) return digits * BigInteger.Pow(10, shift);
        var scaled = BigInteger.DivRem(digits, BigInteger.Pow(10, -shift), out var rest);
        rounded = !rest.IsZero;
        return rounded ? scaled + 1 : scaled;
    }
}
