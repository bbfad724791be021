using System.Globalization;

namespace BudgetEngine.Domain.Amounts;

/// <summary>
/// An amount of the installation's currency, in integer nano-units (1 USD = 10^9). All arithmetic is checked:
/// an overflow throws <see cref="OverflowException"/> and never wraps.
/// </summary>
public readonly record struct Money(long Nanos) : IComparable<Money>
{
    /// <summary>Nano-units in one unit of the currency.</summary>
    public const long NanosPerUnit = 1_000_000_000;

    /// <summary>Decimal places that an amount can have.</summary>
    public const int Decimals = 9;

    /// <summary>The largest amount accepted from outside, as a limit or a cost: 10^9 units. Balances leave room for nine times that.</summary>
    public static readonly Money MaxInput = new(1_000_000_000 * NanosPerUnit);

    public static readonly Money Zero;

    public bool IsPositive => Nanos > 0;

    public bool IsNegative => Nanos < 0;

    public static Money operator +(Money a, Money b) => new(checked(a.Nanos + b.Nanos));

    public static Money operator -(Money a, Money b) => new(checked(a.Nanos - b.Nanos));

    public static Money operator -(Money a) => new(checked(-a.Nanos));

    public static bool operator <(Money a, Money b) => a.Nanos < b.Nanos;

    public static bool operator >(Money a, Money b) => a.Nanos > b.Nanos;

    public static bool operator <=(Money a, Money b) => a.Nanos <= b.Nanos;

    public static bool operator >=(Money a, Money b) => a.Nanos >= b.Nanos;

    public static Money Min(Money a, Money b) => a.Nanos <= b.Nanos ? a : b;

    public static Money Max(Money a, Money b) => a.Nanos >= b.Nanos ? a : b;

    /// <summary>Rounds half to even, the one rounding rule of recorded cost. False when the amount does not fit in 64 bits.</summary>
    public static bool TryRound(decimal units, out Money money) =>
        TryConvert(units, MidpointRounding.ToEven, out money);

    /// <summary>Rounds up, the rule for amounts of checks: a hold never covers less than was asked for.</summary>
    public static bool TryRoundUp(decimal units, out Money money) =>
        TryConvert(units, MidpointRounding.ToPositiveInfinity, out money);

    /// <summary>Converts without rounding. False when there are more than nine decimals, or the amount does not fit.</summary>
    public static bool TryExact(decimal units, out Money money) =>
        TryRound(units, out money) && money.ToDecimal() == units;

    /// <summary>The amount in units of the currency, exact.</summary>
    public decimal ToDecimal() => (decimal)Nanos / NanosPerUnit;

    public int CompareTo(Money other) => Nanos.CompareTo(other.Nanos);

    /// <summary>Units without exponent or trailing zeros: <c>0.0088</c>, the form of the API.</summary>
    public override string ToString() => (ToDecimal() / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    private static bool TryConvert(decimal units, MidpointRounding mode, out Money money)
    {
        // Nine decimals below the largest 64-bit value: the product of anything within stays exact in 96 bits.
        if (units is > 9_223_372_036m or < -9_223_372_036m)
        {
            money = default;
            return false;
        }

        // Round first: more than 19 decimals times 10^9 may not fit, the rounded value always does.
        money = new Money((long)(decimal.Round(units, Decimals, mode) * NanosPerUnit));
        return true;
    }
}
