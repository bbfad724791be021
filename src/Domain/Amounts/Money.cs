namespace BudgetEngine.Domain.Amounts;

/// <summary>
/// An amount in integer nano-units: 10^-9 of the unit of account, which is the currency's own unit where that has minor units (1 USD = 10^9), and a multiple
/// of it where one unit is small money (<see cref="Resolution"/>: 10,000 VND = 10^9). What an integer is in the currency only text and prices need to know.
/// Sums saturate: one that passes 64 bits is the largest (or smallest) amount, and neither wraps nor throws.
/// </summary>
public readonly record struct Money(long Nanos) : IComparable<Money>
{
    /// <summary>Nano-units in one unit of account.</summary>
    public const long NanosPerUnit = 1_000_000_000;

    /// <summary>The largest amount accepted from outside, as a limit or a cost: 10^9 units of account, which is a tenth of what 64 bits hold.</summary>
    public static readonly Money MaxInput = new(1_000_000_000 * NanosPerUnit);

    /// <summary>So much or more: where sums end.</summary>
    public static readonly Money MaxValue = new(long.MaxValue);

    public static readonly Money Zero;

    public bool IsPositive => Nanos > 0;

    public bool IsNegative => Nanos < 0;

    public static Money operator +(Money a, Money b) => new(Saturating.Add(a.Nanos, b.Nanos));

    public static Money operator -(Money a, Money b) => new(Saturating.Subtract(a.Nanos, b.Nanos));

    public static Money operator -(Money a) => Zero - a;

    public static bool operator <(Money a, Money b) => a.Nanos < b.Nanos;

    public static bool operator >(Money a, Money b) => a.Nanos > b.Nanos;

    public static bool operator <=(Money a, Money b) => a.Nanos <= b.Nanos;

    public static bool operator >=(Money a, Money b) => a.Nanos >= b.Nanos;

    public static Money Min(Money a, Money b) => a.Nanos <= b.Nanos ? a : b;

    public static Money Max(Money a, Money b) => a.Nanos >= b.Nanos ? a : b;

    /// <summary>The nearest amount to an exact number of nano-units.</summary>
    public static Money Saturated(Int128 nanos) => new((long)Int128.Clamp(nanos, long.MinValue, long.MaxValue));

    public int CompareTo(Money other) => Nanos.CompareTo(other.Nanos);

    /// <summary>For logs and tests, which do not know the currency; what people and programs are told is <see cref="Resolution.ToText"/>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Nanos} nano-units");
}
