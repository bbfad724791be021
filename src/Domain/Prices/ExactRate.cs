namespace BudgetEngine.Domain.Prices;

/// <summary>
/// Prices as integers of 10^-15 units. A count of tokens (up to 10^12) times a price (up to 10^9 x 10^15) is at most 10^36, and the two
/// wholes of a record at most twice that, which 128 bits hold: sums of costs are exact, where decimal would round beyond 28 digits.
/// </summary>
internal static class ExactRate
{
    private const int MaxScale = 28;

    private static readonly UInt128[] PowersOfTen = MakePowers();

    /// <summary>What a sum of (tokens x integer price) is divided by to get nano-units.</summary>
    public static Int128 DivisorOf(long per) => (Int128)1_000_000 * per;

    /// <summary>False for a price out of bounds or with more than 15 decimals.</summary>
    public static bool TryGet(decimal price, out Int128 rate)
    {
        rate = 0;
        if (price is < 0 or > TokenPrices.MaxPrice) return false;
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(price, bits);
        var mantissa = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var scale = (bits[3] >> 16) & 0xFF;
        if (scale <= TokenPrices.MaxDecimals)
        {
            rate = (Int128)(mantissa * PowersOfTen[TokenPrices.MaxDecimals - scale]);
            return true;
        }

        // Trailing zeros are no decimals.
        var (quotient, rest) = UInt128.DivRem(mantissa, PowersOfTen[scale - TokenPrices.MaxDecimals]);
        rate = (Int128)quotient;
        return rest == 0;
    }

    /// <summary>The price of an integer of 10^-15 units; at most 10^24, which decimal holds.</summary>
    public static decimal ToPrice(Int128 rate)
    {
        var low = (ulong)rate;
        return new decimal((int)(uint)low, (int)(uint)(low >> 32), (int)(uint)(rate >> 64), false, TokenPrices.MaxDecimals);
    }

    private static UInt128[] MakePowers()
    {
        var powers = new UInt128[MaxScale + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
