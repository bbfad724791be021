using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Prices;

/// <summary>The layers of a price that one record is rated by. For each meter the first that has a rate: the service tier's context tier, the base's context tier,
/// the service tier, the base.</summary>
/// <param name="ServiceTier">The name of the service tier that the price has; null: the base.</param>
/// <param name="AboveInputTokens">The bound of the context tier; null: none.</param>
public readonly record struct PriceLayers(string? ServiceTier, long? AboveInputTokens, Rates? TierContext, Rates? BaseContext, Rates? Tier, Rates Base)
{
    public static PriceLayers Of(RateCard card, string? serviceTier, long contextInput, out RowFlags flags)
    {
        flags = RowFlags.None;
        var baseContext = Find(card.ContextTiers, contextInput);
        if (IsBase(serviceTier)) return new PriceLayers(null, baseContext?.AboveInputTokens, null, baseContext?.Rates, null, card.Base);
        if (Find(card.ServiceTiers, serviceTier!) is not { } tier)
        {
            flags = RowFlags.TierUnpriced;
            return new PriceLayers(null, baseContext?.AboveInputTokens, null, baseContext?.Rates, null, card.Base);
        }

        var tierContext = Find(tier.ContextTiers, contextInput);
        if (tierContext is null && baseContext is not null) flags = RowFlags.TierUnpriced;
        return new PriceLayers(
            tier.Name, tierContext?.AboveInputTokens ?? baseContext?.AboveInputTokens, tierContext?.Rates, baseContext?.Rates, tier.Rates, card.Base);
    }

    /// <summary>The rate of a meter or of the first that it falls back to; null when none has one. <paramref name="source"/>: whose rate it is.</summary>
    public decimal? RateOf(TokenMeter meter, out TokenMeter source)
    {
        for (source = meter; ; source = TokenMeters.FallbackOf(source)!.Value)
        {
            if ((TierContext?[source] ?? BaseContext?[source] ?? Tier?[source] ?? Base[source]) is { } rate) return rate;
            if (TokenMeters.FallbackOf(source) is null) return null;
        }
    }

    /// <summary>The same as an integer of 10^-18 units; <see cref="Rates.NoRate"/> when none has one, <see cref="Rates.NotARate"/> for a price out of bounds.</summary>
    internal Int128 ExactOf(TokenMeter meter, out TokenMeter source)
    {
        for (source = meter; ; source = TokenMeters.FallbackOf(source)!.Value)
        {
            var rate = TierContext?.ExactOf(source) ?? Rates.NoRate;
            if (rate == Rates.NoRate && BaseContext is not null) rate = BaseContext.ExactOf(source);
            if (rate == Rates.NoRate && Tier is not null) rate = Tier.ExactOf(source);
            if (rate == Rates.NoRate) rate = Base.ExactOf(source);
            if (rate != Rates.NoRate || source is TokenMeter.Input or TokenMeter.Output) return rate;
        }
    }

    /// <summary>The rate of a unit or of the one that it falls back to; null when none has one.</summary>
    public decimal? RateOf(string unit)
    {
        for (var source = unit; source is not null; source = UnitMeters.FallbackOf(source))
        {
            if ((TierContext?[source] ?? BaseContext?[source] ?? Tier?[source] ?? Base[source]) is { } rate) return rate;
        }

        return null;
    }

    /// <summary>The words for the base tier, as providers send them.</summary>
    private static bool IsBase(string? serviceTier) => string.IsNullOrEmpty(serviceTier)
        || serviceTier.Equals("standard", StringComparison.OrdinalIgnoreCase) || serviceTier.Equals("default", StringComparison.OrdinalIgnoreCase)
        || serviceTier.Equals("auto", StringComparison.OrdinalIgnoreCase);

    private static ContextTier? Find(ValueList<ContextTier> tiers, long contextInput)
    {
        ContextTier? found = null;
        foreach (var tier in tiers.Span)
        {
            // Exactly the bound is still the tier below, as providers count.
            if (tier.AboveInputTokens < contextInput) found = tier;
        }

        return found;
    }

    private static ServiceTier? Find(ValueList<ServiceTier> tiers, string name)
    {
        foreach (var tier in tiers.Span)
        {
            if (tier.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return tier;
        }

        return null;
    }
}
