using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Prices;

/// <summary>Rates of a record whose whole input is above a bound, for all of the record.</summary>
public sealed record ContextTier(long AboveInputTokens, Rates Rates);

/// <summary>Rates of what was served in a tier of its own: <c>batch</c>, <c>flex</c>, <c>priority</c>.</summary>
/// <param name="ContextTiers">By bound, ascending.</param>
public sealed record ServiceTier(string Name, Rates Rates, ValueList<ContextTier> ContextTiers);

/// <summary>What the tokens of a region cost times the plain price; at most <see cref="RateCard.MaxMultiplierDecimals"/> decimals.</summary>
public readonly record struct RegionMultiplier(string Region, decimal Factor);

/// <summary>A price: rates of the base, of larger contexts, of service tiers, and multipliers of regions.</summary>
/// <param name="Base">Token rates cost so much per <paramref name="Per"/> tokens, units so much each.</param>
public sealed record RateCard(Rates Base, long Per = 1_000_000)
{
    /// <summary>Decimal places that a price can have.</summary>
    public const int MaxDecimals = 18;

    /// <summary>The largest <see cref="Per"/>.</summary>
    public const long MaxPer = 1_000_000_000_000;

    /// <summary>The largest price of <see cref="Per"/> tokens, or of one unit, in units of the currency.</summary>
    public const decimal MaxPrice = 1_000_000_000m;

    public const decimal MaxMultiplier = 1_000m;

    public const int MaxMultiplierDecimals = 6;

    /// <summary>Context tiers of one layer, service tiers, and regions, that a price can have.</summary>
    public const int MaxTiers = 16;

    /// <summary>A price of text tokens alone.</summary>
    public RateCard(decimal? input, decimal? output, decimal? cachedInput = null, decimal? cacheWrite = null, decimal? reasoning = null, long per = 1_000_000)
        : this(
            Rates.None.With(TokenMeter.Input, input).With(TokenMeter.Output, output).With(TokenMeter.CachedInput, cachedInput)
                .With(TokenMeter.CacheWrite, cacheWrite).With(TokenMeter.Reasoning, reasoning),
            per)
    {
    }

    /// <summary>By bound, ascending.</summary>
    public ValueList<ContextTier> ContextTiers { get; init; }

    /// <summary>By name.</summary>
    public ValueList<ServiceTier> ServiceTiers { get; init; }

    /// <summary>By region.</summary>
    public ValueList<RegionMultiplier> Multipliers { get; init; }

    public decimal? Input => Base[TokenMeter.Input];

    public decimal? Output => Base[TokenMeter.Output];

    /// <summary>True when nothing that the price knows costs anything.</summary>
    public bool IsFree => Layers().All(l => l.Rates.IsFree);

    /// <summary>Every layer with the prefix of its fields in the API.</summary>
    public IEnumerable<(string Path, Rates Rates)> Layers()
    {
        yield return ("", Base);
        for (var i = 0; i < ContextTiers.Count; i++) yield return ($"context_tiers[{i}].", ContextTiers[i].Rates);
        foreach (var tier in ServiceTiers)
        {
            yield return ($"service_tiers.{tier.Name}.", tier.Rates);
            for (var i = 0; i < tier.ContextTiers.Count; i++) yield return ($"service_tiers.{tier.Name}.context_tiers[{i}].", tier.ContextTiers[i].Rates);
        }
    }

    /// <summary>Every fault, by the field's name; empty when costs can be computed from these rates.</summary>
    public IReadOnlyList<FieldFault> Faults()
    {
        var faults = new List<FieldFault>();
        foreach (var (path, rates) in Layers())
        {
            foreach (var rate in rates.Tokens) Add(faults, path + TokenMeters.Words.Of(rate.Meter), rate.Price, MaxPrice, MaxDecimals);
            foreach (var rate in rates.Units) Add(faults, $"{path}units.{rate.Unit}", rate.Price, MaxPrice, MaxDecimals);
        }

        foreach (var multiplier in Multipliers) Add(faults, $"multipliers.{multiplier.Region}", multiplier.Factor, MaxMultiplier, MaxMultiplierDecimals);
        if (Per is < 1 or > MaxPer) faults.Add(new("per", $"must be 1 to {MaxPer}"));
        return faults;
    }

    private static void Add(List<FieldFault> faults, string field, decimal value, decimal max, int decimals)
    {
        if (value < 0) faults.Add(new(field, "must not be negative"));
        else if (value > max) faults.Add(new(field, $"must be at most {max}"));
        else if (decimal.Round(value, decimals) != value) faults.Add(new(field, $"must have at most {decimals} decimals"));
    }
}
