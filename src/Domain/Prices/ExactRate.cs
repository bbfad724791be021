using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Prices;

/// <summary>
/// Prices as integers of 10^-18 units, at most 10^27. Sums of costs are exact in integers, where decimal would round beyond 28 digits: in 128 bits for ordinary
/// prices (<see cref="MaxInPlain"/>), in unbounded integers for the others.
/// </summary>
internal static class ExactRate
{
    private const int MaxScale = 28;

    private static readonly UInt128[] PowersOfTen = MakePowers();

    /// <summary>Up to this rate, which is ten million units of the currency, the costs of all meters of a record fit in 128 bits.</summary>
    public static readonly Int128 MaxInPlain = (Int128)PowersOfTen[25];

    /// <summary>One unit of the currency.</summary>
    public static readonly Int128 One = (Int128)PowersOfTen[18];

    /// <summary>What a sum of (tokens x integer price) is divided by to get nano-units; at most 10^28.</summary>
    public static Int128 DivisorOf(Resolution resolution, long per) => (Int128)PowersOfTen[RateCard.MaxDecimals - resolution.Decimals] * per;

    /// <summary>False for a price out of bounds or with more than 18 decimals.</summary>
    public static bool TryGet(decimal price, out Int128 rate)
    {
        rate = 0;
        return price is >= 0 and <= RateCard.MaxPrice && TryScale(price, RateCard.MaxDecimals, out rate);
    }

    /// <summary>A decimal of at least 0 as an integer of 10^-<paramref name="decimals"/>; false when it has more decimals. At most 10^9 with 18 decimals.</summary>
    public static bool TryScale(decimal value, int decimals, out Int128 scaled)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var mantissa = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var scale = (bits[3] >> 16) & 0xFF;
        if (scale <= decimals)
        {
            scaled = (Int128)(mantissa * PowersOfTen[decimals - scale]);
            return true;
        }

        // Trailing zeros are no decimals.
        var (quotient, rest) = UInt128.DivRem(mantissa, PowersOfTen[scale - decimals]);
        scaled = (Int128)quotient;
        return rest == 0;
    }

    /// <summary>The price of an integer of 10^-18 units; at most 10^27, which decimal holds.</summary>
    public static decimal ToPrice(Int128 rate)
    {
        var low = (ulong)rate;
        return new decimal((int)(uint)low, (int)(uint)(low >> 32), (int)(uint)(rate >> 64), false, RateCard.MaxDecimals);
    }

    private static UInt128[] MakePowers()
    {
        var powers = new UInt128[MaxScale + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
