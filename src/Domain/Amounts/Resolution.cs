using System.Globalization;

namespace BudgetEngine.Domain.Amounts;

/// <summary>
/// How finely an installation counts its currency: one nano-unit is 10^-<see cref="Decimals"/> of the currency. Fixed with the first record. Where text, or a
/// price, becomes an amount or the other way round, this says how; everything else computes in nano-units and does not know the currency.
/// </summary>
public sealed class Resolution
{
    /// <summary>Below it a token of an ordinary model costs nothing that can be written.</summary>
    public const int MinDecimals = 2;

    public const int MaxDecimals = 9;

    /// <summary>Of a currency whose unit is small money: 10,000 of it are one unit of account.</summary>
    private const int DecimalsOfSmallMoney = 5;

    /// <summary>Dividing by it strips trailing zeros.</summary>
    private const decimal OneWithAllDecimals = 1.0000000000000000000000000000m;

    private static readonly Resolution[] All = [.. Enumerable.Range(MinDecimals, MaxDecimals - MinDecimals + 1).Select(d => new Resolution(d))];

    /// <summary>10^-9 of the currency, which is then the unit of account itself.</summary>
    public static readonly Resolution Nano = Of(MaxDecimals);

    private readonly decimal _whole;

    private Resolution(int decimals)
    {
        Decimals = decimals;
        PerUnit = 1;
        for (var i = 0; i < decimals; i++) PerUnit *= 10;
        _whole = long.MaxValue / PerUnit;
    }

    /// <summary>Decimal places that an amount can have.</summary>
    public int Decimals { get; }

    /// <summary>Nano-units in one unit of the currency.</summary>
    public long PerUnit { get; }

    /// <summary>How much of the currency one unit of account is: 1, or 10,000 dong. What is typical in dollars is typical in so many units of the currency.</summary>
    public long UnitOfAccount => Money.NanosPerUnit / PerUnit;

    /// <summary>The largest amount accepted from outside, in units of the currency.</summary>
    public decimal MaxInput => ToUnits(Money.MaxInput);

    /// <summary>The smallest amount above 0, in units of the currency.</summary>
    public decimal Smallest => ToUnits(new Money(1));

    /// <exception cref="ArgumentOutOfRangeException">Not <see cref="MinDecimals"/> to <see cref="MaxDecimals"/>.</exception>
    public static Resolution Of(int decimals) =>
        decimals is >= MinDecimals and <= MaxDecimals ? All[decimals - MinDecimals] : throw new ArgumentOutOfRangeException(nameof(decimals), decimals, "Not a resolution.");

    /// <summary>What fits a currency (ISO 4217): 10^-9, or 10^-5 where one unit is small money.</summary>
    public static Resolution Of(string currency) => Of(Currencies.IsSmallMoney(currency) ? DecimalsOfSmallMoney : MaxDecimals);

    /// <summary>Rounds half to even, the one rounding rule of recorded cost. False when the amount does not fit in 64 bits.</summary>
    public bool TryRound(decimal units, out Money money) => TryConvert(units, MidpointRounding.ToEven, out money);

    /// <summary>Rounds up, the rule for amounts of checks: a hold never covers less than was asked for.</summary>
    public bool TryRoundUp(decimal units, out Money money) => TryConvert(units, MidpointRounding.ToPositiveInfinity, out money);

    /// <summary>Converts without rounding. False when there are more than <see cref="Decimals"/>, or the amount does not fit.</summary>
    public bool TryExact(decimal units, out Money money) => TryRound(units, out money) && ToUnits(money) == units;

    /// <summary>The amount in units of the currency, exact.</summary>
    public decimal ToUnits(Money money) => (decimal)money.Nanos / PerUnit;

    /// <summary>Units without exponent or trailing zeros: <c>0.0088</c>, the form of the API.</summary>
    public string ToText(Money money) => (ToUnits(money) / OneWithAllDecimals).ToString(CultureInfo.InvariantCulture);

    private bool TryConvert(decimal units, MidpointRounding mode, out Money money)
    {
        // All decimals below the largest 64-bit value: the product of anything within stays exact in 96 bits.
        if (units > _whole || units < -_whole)
        {
            money = default;
            return false;
        }

        // Round first: a long fraction times the power of ten may not fit, the rounded value always does.
        money = new Money((long)(decimal.Round(units, Decimals, mode) * PerUnit));
        return true;
    }
}
