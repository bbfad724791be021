namespace BudgetEngine.Api.Http;

/// <summary>How a text read as an amount.</summary>
internal enum AmountReading
{
    Ok,
    NotANumber,
    TooLarge,
}

/// <summary>
/// Reads a number of JSON's grammar (exponent form included) as a decimal. Up to 18 decimals are exact; fewer behind more than ten digits, where no amount has
/// so many. What lies below is not lost silently: it leaves a mark in the last decimal, so that rounding (up, or half to even, at the currency's decimals) and
/// every test for too many decimals come out as if all digits were there.
/// <c>Utf8Parser</c> and <c>decimal.Parse</c> round instead, and make 1e-30 a zero.
/// </summary>
internal static class AmountText
{
    public const int MaxDecimals = 18;

    /// <summary>Digits before the point: the largest amount of the coarsest currency has 17.</summary>
    private const int MaxIntegerDigits = 17;

    /// <summary>What a decimal holds of any digits.</summary>
    private const int MaxDigits = 28;

    /// <summary>Beyond any number of digits that a body can have, so that a clamped exponent changes nothing.</summary>
    private const int MaxExponent = 100_000_000;

    public static AmountReading Read(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative) text = text[1..];
        if (!Split(text, out var integer, out var fraction, out var exponent)) return AmountReading.NotANumber;
        // The number is 0.DDDD x 10^point with D the digits of both parts.
        var point = integer.Length + exponent;
        var leading = CountLeadingZeros(integer, fraction);
        var digits = integer.Length + fraction.Length - leading;
        point -= leading;
        if (digits == 0) return AmountReading.Ok;
        if (point > MaxIntegerDigits) return AmountReading.TooLarge;
        value = Assemble(integer, fraction, leading, digits, point, negative);
        return AmountReading.Ok;
    }

    /// <summary>Takes the digits down to the last decimal that fits; a rest below marks it.</summary>
    private static decimal Assemble(ReadOnlySpan<byte> integer, ReadOnlySpan<byte> fraction, int leading, int digits, int point, bool negative)
    {
        var last = Math.Min(MaxDecimals, MaxDigits - point);
        var kept = Math.Clamp(point + last, 0, digits);
        UInt128 mantissa = 0;
        for (var i = 0; i < kept; i++) mantissa = mantissa * 10 + (uint)(DigitAt(integer, fraction, leading + i) - '0');
        var scale = kept - point;
        for (; scale < 0; scale++) mantissa *= 10;
        var rest = false;
        for (var i = kept; i < digits; i++) rest |= DigitAt(integer, fraction, leading + i) != '0';
        if (rest)
        {
            // Digits are only dropped below the last decimal. 0 and 5 are the digits that a rounding could take for exact.
            for (; scale < last; scale++) mantissa *= 10;
            scale = last;
            if (mantissa % 5 == 0) mantissa++;
        }

        return new decimal((int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64), negative, (byte)scale);
    }

    private static byte DigitAt(ReadOnlySpan<byte> integer, ReadOnlySpan<byte> fraction, int index) =>
        index < integer.Length ? integer[index] : fraction[index - integer.Length];

    private static int CountLeadingZeros(ReadOnlySpan<byte> integer, ReadOnlySpan<byte> fraction)
    {
        var zeros = 0;
        while (zeros < integer.Length + fraction.Length && DigitAt(integer, fraction, zeros) == '0') zeros++;
        return zeros;
    }

    /// <summary>JSON's grammar without the sign: <c>int [frac] [exp]</c>.</summary>
    private static bool Split(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> integer, out ReadOnlySpan<byte> fraction, out int exponent)
    {
        fraction = default;
        exponent = 0;
        integer = text[..CountDigits(text)];
        text = text[integer.Length..];
        if (integer.IsEmpty || (integer.Length > 1 && integer[0] == '0')) return false;
        if (!text.IsEmpty && text[0] == '.')
        {
            text = text[1..];
            fraction = text[..CountDigits(text)];
            text = text[fraction.Length..];
            if (fraction.IsEmpty) return false;
        }

        if (text.IsEmpty) return true;
        return (text[0] | 0x20) == 'e' && TryReadExponent(text[1..], out exponent);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative || (!text.IsEmpty && text[0] == '+')) text = text[1..];
        if (text.IsEmpty || CountDigits(text) != text.Length) return false;
        foreach (var digit in text) exponent = Math.Min(exponent * 10 + (digit - '0'), MaxExponent);
        if (negative) exponent = -exponent;
        return true;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var count = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return count < 0 ? text.Length : count;
    }
}
