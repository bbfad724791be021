namespace BudgetEngine.Domain.Prices.Import;

/// <summary>Collects rates by layer. The first rate of a meter in a layer stands.</summary>
internal sealed class RateCardBuilder
{
    private readonly SortedDictionary<string, SortedDictionary<long, Layer>> _layers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, decimal> _multipliers = new(StringComparer.Ordinal);

    public bool IsEmpty => _layers.Values.All(l => l.Values.All(r => r.Tokens.Count == 0 && r.Units.Count == 0));

    public void Add(in LiteLlmField field, decimal price)
    {
        var layer = LayerOf(field.ServiceTier, field.AboveInputTokens);
        if (field.Token is { } token) layer.Tokens.TryAdd(token, price);
        else layer.Units.TryAdd(field.Unit!, price);
    }

    public decimal? Find(string? serviceTier, long? above, TokenMeter meter) =>
        LayerOf(serviceTier, above).Tokens.TryGetValue(meter, out var price) ? price : null;

    public void Remove(string? serviceTier, long? above, TokenMeter meter) => LayerOf(serviceTier, above).Tokens.Remove(meter);

    public void AddMultiplier(string region, decimal factor) => _multipliers.TryAdd(region, factor);

    public RateCard Build()
    {
        var services = _layers.Where(l => l.Key.Length > 0).Select(l => new ServiceTier(l.Key, RatesOf(l.Key), TiersOf(l.Key)));
        return new RateCard(RatesOf(""))
        {
            ContextTiers = TiersOf(""), ServiceTiers = [.. services], Multipliers = [.. _multipliers.Select(m => new RegionMultiplier(m.Key, m.Value))],
        };
    }

    private Layer LayerOf(string? serviceTier, long? above)
    {
        if (!_layers.TryGetValue(serviceTier ?? "", out var tiers)) _layers.Add(serviceTier ?? "", tiers = []);
        if (!tiers.TryGetValue(above ?? 0, out var layer)) tiers.Add(above ?? 0, layer = new Layer([], []));
        return layer;
    }

    private Rates RatesOf(string serviceTier) => LayerOf(serviceTier, null).ToRates();

    private ValueList<ContextTier> TiersOf(string serviceTier) => !_layers.TryGetValue(serviceTier, out var tiers) ? []
        : [.. tiers.Where(t => t.Key > 0).Select(t => new ContextTier(t.Key, t.Value.ToRates())).Where(t => !t.Rates.IsEmpty)];

    private sealed record Layer(SortedDictionary<TokenMeter, decimal> Tokens, SortedDictionary<string, decimal> Units)
    {
        public Rates ToRates() => new(Tokens.Select(t => new TokenRate(t.Key, t.Value)), Units.Select(u => new UnitRate(u.Key, u.Value)));
    }
}
