using System.Buffers.Text;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Http;

/// <summary>Amounts as UTF-8 text: exact, without exponent or trailing zeros.</summary>
public static class MoneyText
{
    /// <summary>Sign, 19 digits, point, and some.</summary>
    public const int MaxLength = 24;

    /// <returns>How many bytes were written; <paramref name="destination"/> has at least <see cref="MaxLength"/>.</returns>
    public static int Format(Money money, Resolution resolution, Span<byte> destination)
    {
        var written = 0;
        var negative = money.Nanos < 0;
        // Unsigned, so that the smallest value has a magnitude too.
        var magnitude = negative ? 0UL - (ulong)money.Nanos : (ulong)money.Nanos;
        if (negative) destination[written++] = (byte)'-';
        var units = magnitude / (ulong)resolution.PerUnit;
        var nanos = (uint)(magnitude % (ulong)resolution.PerUnit);
        Utf8Formatter.TryFormat(units, destination[written..], out var digits);
        written += digits;
        if (nanos == 0) return written;
        destination[written++] = (byte)'.';
        var decimals = destination.Slice(written, resolution.Decimals);
        for (var i = resolution.Decimals - 1; i >= 0; i--)
        {
            decimals[i] = (byte)('0' + nanos % 10);
            nanos /= 10;
        }

        return written + decimals.LastIndexOfAnyExcept((byte)'0') + 1;
    }
}
