using System.Numerics;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Usage;

/// <summary>The rate of every meter that a record counts, and what its units cost: exact, and rounded once at the end.</summary>
internal ref struct MeteredCost
{
    /// <summary>A multiplier of 1, in millionths.</summary>
    private const long Plain = 1_000_000;

    /// <summary>Times the largest amount it fits in 128 bits.</summary>
    private const long MaxPlainDivisor = 1_000_000_000_000_000_000;
    private static readonly TokenMeter[] All = [.. Enumerable.Range(0, TokenMeters.Count).Select(m => (TokenMeter)m)];

    /// <summary>What nearly all records count; the others need not be looked at.</summary>
    private static readonly TokenMeter[] OfText = [TokenMeter.Input, TokenMeter.CachedInput, TokenMeter.CacheWrite, TokenMeter.Output, TokenMeter.Reasoning];

    private readonly Span<Int128> _rates;
    private readonly ReadOnlySpan<TokenMeter> _meters;
    private readonly long _per;

    /// <summary>From (tokens x integer price) to nano-units.</summary>
    private readonly Int128 _divisor;
    private Int128 _multiplier;

    /// <summary>In 10^-24 units of the currency.</summary>
    private BigInteger _units;

    private MeteredCost(Span<Int128> rates, ReadOnlySpan<TokenMeter> meters, long per, Resolution resolution, PriceLayers layers, RowFlags flags)
    {
        _rates = rates;
        _meters = meters;
        _per = per;
        _divisor = ExactRate.DivisorOf(resolution, per);
        _multiplier = Plain;
        Layers = layers;
        Flags = flags;
    }

    public PriceLayers Layers { get; }

    public RowFlags Flags { get; private set; }

    /// <summary>False when counts or prices are outside of their limits.</summary>
    /// <param name="buffer">As long as there are meters; zeros.</param>
    public static bool TryOf(Resolution resolution, RateCard card, in TokenCounts tokens, in RatingTerms terms, Span<Int128> buffer, out MeteredCost cost)
    {
        var layers = PriceLayers.Of(card, terms.ServiceTier, tokens.ContextInput, out var flags);
        // A divisor of 0 would be none.
        var isPer = card.Per is >= 1 and <= RateCard.MaxPer;
        cost = new MeteredCost(buffer, tokens.IsTextOnly ? OfText : All, isPer ? card.Per : 1, resolution, layers, flags);
        return tokens.IsValid && isPer && cost.TryResolve(tokens) && cost.TryAddUnits(terms) && cost.TryMultiply(card, terms.Region);
    }

    public readonly Int128 RateOf(TokenMeter meter) => Int128.Max(0, Layers.ExactOf(meter, out _));

    /// <summary>The meter costs at least so much.</summary>
    public readonly void Raise(TokenMeter meter, Int128 rate) => _rates[(int)meter] = Int128.Max(_rates[(int)meter], rate);

    /// <summary>The cost of the counts; null when it is above <see cref="Money.MaxInput"/>. Rounded half to even, or up.</summary>
    public readonly Money? Total(in TokenCounts tokens, bool up) => IsPlain
        ? ToMoney(Sum<Int128>(tokens), _divisor, up)
        : ToMoney(Sum<BigInteger>(tokens) * _multiplier + _units * _per, ExactDivisor, up);

    /// <summary>How many tokens of a meter, at most <see cref="TokenCounts.MaxTokens"/>, fit into an amount beside the counts; -1 when those alone do not fit.</summary>
    public readonly long Affordable(TokenMeter meter, in TokenCounts others, Money available)
    {
        // ceil(x) <= a exactly when x <= a, a being whole: the estimate's rounding needs no trial.
        var nanos = Money.Min(available, Money.MaxInput).Nanos;
        return IsPlain && _divisor <= MaxPlainDivisor
            ? Quotient(nanos * _divisor - Sum<Int128>(others), _rates[(int)meter])
            : Quotient(nanos * ExactDivisor - Sum<BigInteger>(others) * _multiplier - _units * _per, _rates[(int)meter] * (BigInteger)_multiplier);
    }

    /// <summary>True when the sums fit in 128 bits: ordinary prices, no units, no multiplier.</summary>
    private readonly bool IsPlain
    {
        get
        {
            if (_multiplier != Plain || !_units.IsZero) return false;
            foreach (var meter in _meters)
            {
                if (_rates[(int)meter] > ExactRate.MaxInPlain) return false;
            }

            return true;
        }
    }

    /// <summary>From 10^-24 units of the currency, times what they are per, to nano-units.</summary>
    private readonly BigInteger ExactDivisor => (BigInteger)_divisor * Plain;

    private readonly T Sum<T>(in TokenCounts tokens) where T : struct, IBinaryInteger<T>
    {
        var sum = T.Zero;
        foreach (var meter in _meters)
        {
            var rate = _rates[(int)meter];
            if (rate != 0) sum += T.CreateChecked(tokens[meter]) * T.CreateChecked(rate);
        }

        return sum;
    }

    private bool TryResolve(in TokenCounts tokens)
    {
        foreach (var meter in _meters)
        {
            if (tokens[meter] == 0) continue;
            var rate = Layers.ExactOf(meter, out var source);
            if (rate == Rates.NotARate) return false;
            if (rate == Rates.NoRate) Flags |= RowFlags.UnitUnpriced;
            else _rates[(int)meter] = rate;
            if (meter == TokenMeter.CacheWrite1h && source != meter) Flags |= RowFlags.CacheWrite1hUnpriced;
        }

        return true;
    }

    private bool TryAddUnits(in RatingTerms terms)
    {
        var requests = !terms.CountsNoRequest;
        if (!terms.Units.IsDefaultOrEmpty)
        {
            foreach (var (unit, count) in terms.Units)
            {
                requests &= unit != UnitMeters.Request;
                if (count == 0) continue;
                if (Layers.RateOf(unit) is not { } price) Flags |= RowFlags.UnitUnpriced;
                else if (!TryAdd(count, price)) return false;
            }
        }

        return !requests || Layers.RateOf(UnitMeters.Request) is not { } each || TryAdd(1, each);
    }

    private bool TryAdd(decimal count, decimal price)
    {
        if (count is < 0 or > UnitMeters.MaxCount || !ExactRate.TryScale(count, UnitMeters.MaxCountDecimals, out var scaled) || !ExactRate.TryGet(price, out var rate)) return false;
        _units += (BigInteger)scaled * rate;
        return true;
    }

    private bool TryMultiply(RateCard card, string? region)
    {
        if (region is null) return true;
        foreach (ref readonly var multiplier in card.Multipliers.Span)
        {
            if (!multiplier.Region.Equals(region, StringComparison.OrdinalIgnoreCase)) continue;
            return multiplier.Factor is >= 0 and <= RateCard.MaxMultiplier && ExactRate.TryScale(multiplier.Factor, RateCard.MaxMultiplierDecimals, out _multiplier);
        }

        return true;
    }

    private static Money? ToMoney<T>(T sum, T divisor, bool up) where T : struct, IBinaryInteger<T>
    {
        var (nanos, rest) = T.DivRem(sum, divisor);
        var twice = rest + rest;
        if (up ? rest > T.Zero : twice > divisor || (twice == divisor && T.IsOddInteger(nanos))) nanos++;
        return nanos <= T.CreateChecked(Money.MaxInput.Nanos) ? new Money(long.CreateChecked(nanos)) : null;
    }

    private static long Quotient<T>(T left, T rate) where T : struct, IBinaryInteger<T>
    {
        if (T.IsNegative(left)) return -1;
        return T.IsZero(rate) ? TokenCounts.MaxTokens : long.CreateChecked(T.Min(left / rate, T.CreateChecked(TokenCounts.MaxTokens)));
    }
}
