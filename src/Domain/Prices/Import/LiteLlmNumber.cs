using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>Reads a price per token, a JSON number or a string of one (people's own files have both), as the exact price per 1,000,000 tokens.</summary>
internal static class LiteLlmNumber
{
    /// <summary>Longer than any number that means a price.</summary>
    private const int MaxLength = 64;

    private const int MillionExponent = 6;

    /// <summary>Null with a fault for what is no price; <paramref name="rounded"/> when it had more than 15 decimals, and was rounded up.</summary>
    public static decimal? PerMillion(JsonElement element, out string? fault, out bool rounded)
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
        return fault is null ? Scale(digits, exponent + MillionExponent, out fault, out rounded) : null;
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

    private static decimal? Scale(BigInteger digits, int exponent, out string? fault, out bool rounded)
    {
        rounded = false;
        fault = null;
        var shift = exponent + TokenPrices.MaxDecimals;
        var scaled = digits * BigInteger.Pow(10, Math.Max(0, shift));
        if (shift < 0)
        {
            scaled = BigInteger.DivRem(scaled, BigInteger.Pow(10, -shift), out var rest);
            rounded = !rest.IsZero;
            if (rounded) scaled++;
        }

        if (scaled > (BigInteger)TokenPrices.MaxPrice * BigInteger.Pow(10, TokenPrices.MaxDecimals))
        {
            fault = $"is more than {TokenPrices.MaxPrice} per 1,000,000 tokens";
            return null;
        }

        return ExactRate.ToPrice((Int128)scaled);
    }
}
