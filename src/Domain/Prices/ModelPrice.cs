using System.Collections.Concurrent;

namespace BudgetEngine.Domain.Prices;

/// <summary>A version that has a price. Made once per book, so that a look-up allocates nothing.</summary>
public sealed class ModelPrice(RateCard prices, PriceVersion version)
{
    private ConcurrentDictionary<(string?, long?), string>? _tiers;
    private string? _base;

    public RateCard Prices { get; } = prices;

    public PriceVersion Version { get; } = version;

    /// <summary>The name under which the price was entered, which may differ from the one that was looked up.</summary>
    public string Model => Version.Model;

    public long? MaxOutputTokens => Version.MaxOutputTokens;

    /// <summary>What a row keeps of the price that it was rated by, as JSON: one text for all rows of the same layers.</summary>
    public string PricedAs(in PriceLayers layers)
    {
        if (layers is { ServiceTier: null, AboveInputTokens: null }) return _base ??= Domain.Prices.PricedAs.ToJson(Version, layers);
        var tiers = _tiers ?? Interlocked.CompareExchange(ref _tiers, new(), null) ?? _tiers;
        var key = (layers.ServiceTier, layers.AboveInputTokens);
        return tiers.TryGetValue(key, out var known) ? known : tiers.GetOrAdd(key, Domain.Prices.PricedAs.ToJson(Version, layers));
    }
}
