using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Prices;

/// <summary>Prices of a model's tokens, in units of the currency per <paramref name="Per"/> tokens, up to 15 decimals. A null part costs what its whole costs.</summary>
public sealed record TokenPrices(
    decimal Input, decimal Output, decimal? CachedInput = null, decimal? CacheWrite = null, decimal? Reasoning = null, long Per = 1_000_000)
{
    /// <summary>Decimal places that a price can have.</summary>
    public const int MaxDecimals = 15;

    /// <summary>The largest <see cref="Per"/>: with the other limits, exact sums of costs fit in 128 bits.</summary>
    public const long MaxPer = 1_000_000_000_000;

    /// <summary>The largest price of <see cref="Per"/> tokens.</summary>
    public const decimal MaxPrice = 1_000_000_000m;

    /// <summary>Every fault, by the field's name; empty when costs can be computed from these prices.</summary>
    public IReadOnlyList<FieldFault> Faults()
    {
        var faults = new List<FieldFault>();
        Add(faults, "input", Input);
        Add(faults, "output", Output);
        Add(faults, "cached_input", CachedInput);
        Add(faults, "cache_write", CacheWrite);
        Add(faults, "reasoning", Reasoning);
        if (Per is < 1 or > MaxPer) faults.Add(new("per", $"must be 1 to {MaxPer}"));
        return faults;
    }

    /// <summary>True when every request costs the same under both, whatever <see cref="Per"/> and the absent parts.</summary>
    public bool CostsTheSameAs(TokenPrices other) =>
        IsSame(Input, other.Input, other) && IsSame(Output, other.Output, other)
        && IsSame(CachedInput ?? Input, other.CachedInput ?? other.Input, other)
        && IsSame(CacheWrite ?? Input, other.CacheWrite ?? other.Input, other)
        && IsSame(Reasoning ?? Output, other.Reasoning ?? other.Output, other);

    private bool IsSame(decimal own, decimal others, TokenPrices other) =>
        ExactRate.TryGet(own, out var a) && ExactRate.TryGet(others, out var b) && a * other.Per == b * Per;

    private static void Add(List<FieldFault> faults, string field, decimal? price)
    {
        if (price is not { } value) return;
        if (value < 0) faults.Add(new(field, "must not be negative"));
        else if (value > MaxPrice) faults.Add(new(field, $"must be at most {MaxPrice}"));
        else if (decimal.Round(value, MaxDecimals) != value) faults.Add(new(field, $"must have at most {MaxDecimals} decimals"));
    }
}
