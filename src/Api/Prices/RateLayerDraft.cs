using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Prices;

/// <summary>The rates of one layer with its context tiers as they are being read; also a part of them (RFC 7396): what is not sent stays, null takes away.</summary>
internal class RateLayerDraft(Rates? from = null, ValueList<ContextTier> tiers = default)
{
    private static readonly (TokenMeter Meter, byte[] Name)[] Meters =
        [.. TokenMeters.Words.All.Select(w => (TokenMeters.Words.Parse(w)!.Value, System.Text.Encoding.UTF8.GetBytes(w)))];

    private static readonly byte[][] KnownUnits = [.. UnitMeters.Known.Select(u => System.Text.Encoding.UTF8.GetBytes(u))];

    private readonly SortedDictionary<TokenMeter, decimal> _tokens = new((from ?? Domain.Prices.Rates.None).Tokens.ToDictionary(t => t.Meter, t => t.Price));
    private readonly SortedDictionary<string, decimal> _units = new((from ?? Domain.Prices.Rates.None).Units.ToDictionary(u => u.Unit, u => u.Price), StringComparer.Ordinal);
    private readonly HashSet<TokenMeter> _unreadable = [];
    private readonly HashSet<string> _unitsSent = new(StringComparer.Ordinal);

    public ValueList<ContextTier> ContextTiers { get; private set; } = tiers;

    /// <summary>Sent or there already, be it as something that could not be read.</summary>
    public bool HasUnits { get; private set; } = from is { Units.Count: > 0 };

    /// <summary>Sent, be it as something that could not be read, which is a fault of its own.</summary>
    public bool IsSent(TokenMeter meter) => _tokens.ContainsKey(meter) || _unreadable.Contains(meter);

    public Rates ToRates() => new(_tokens.Select(t => new TokenRate(t.Key, t.Value)), _units.Select(u => new UnitRate(u.Key, u.Value)));

    /// <summary>The current field, if it is one of rates.</summary>
    protected bool ReadRate(ref JsonFields fields)
    {
        foreach (var (meter, name) in Meters)
        {
            if (!fields.Is(name)) continue;
            _unreadable.Remove(meter);
            if (fields.IsNull()) _tokens.Remove(meter);
            else if (Price(ref fields) is { } price) _tokens[meter] = price;
            else _unreadable.Add(meter);
            return true;
        }

        // Price lists have the prices of searches and seconds beside those of tokens.
        if (fields.IndexIn(KnownUnits) is >= 0 and var known) ReadUnit(ref fields, UnitMeters.Known[known]);
        else if (fields.Is("units"u8)) ReadUnits(ref fields);
        else return false;
        return true;
    }

    protected bool ReadContextTiers(ref JsonFields fields)
    {
        if (!fields.Is("context_tiers"u8)) return false;
        var read = new List<ContextTier>();
        ContextTiers = [];
        if (!fields.EnterArray()) return true;
        for (var index = 0; fields.NextItem(); index++)
        {
            if (!fields.EnterItem(index, out var outer)) continue;
            var tier = new RateLayerDraft();
            long? above = null;
            while (fields.Next())
            {
                if (tier.ReadRate(ref fields)) continue;
                if (fields.Is("above_input_tokens"u8)) above = fields.Integer(1, TokenCounts.MaxTokens);
                else fields.Unknown();
            }

            if (above is null) fields.Missing("above_input_tokens");
            fields.Leave(outer);
            if (above is { } bound && read.TrueForAll(t => t.AboveInputTokens != bound)) read.Add(new ContextTier(bound, tier.ToRates()));
            else if (above is not null) fields.Fault("must not have the same above_input_tokens twice");
        }

        if (read.Count > RateCard.MaxTiers) fields.Fault($"must be at most {RateCard.MaxTiers}");
        ContextTiers = [.. read.OrderBy(t => t.AboveInputTokens)];
        return true;
    }

    protected static decimal? Price(ref JsonFields fields) => fields.Decimal(0, RateCard.MaxPrice, RateCard.MaxDecimals);

    private void ReadUnits(ref JsonFields fields)
    {
        if (fields.IsNull())
        {
            _units.Clear();
            HasUnits = false;
            return;
        }

        HasUnits = true;
        if (!fields.Enter(out var outer)) return;
        while (fields.Next())
        {
            if (fields.PlainName() is not { } unit) fields.Skip();
            else if (!UnitMeters.IsName(unit)) NotAName(ref fields, $"must be a name of a-z, 0-9 and _, at most {UnitMeters.MaxNameLength}");
            else ReadUnit(ref fields, unit);
        }

        fields.Leave(outer);
        if (_units.Count > UnitMeters.MaxUnits) fields.Fault($"must be at most {UnitMeters.MaxUnits}");
    }

    private void ReadUnit(ref JsonFields fields, string unit)
    {
        if (!_unitsSent.Add(unit)) fields.Fault("must be given once, here or in units");
        if (fields.IsNull())
        {
            _units.Remove(unit);
            return;
        }

        HasUnits = true;
        if (Price(ref fields) is { } price) _units[unit] = price;
    }

    protected static void NotAName(ref JsonFields fields, string message)
    {
        fields.Fault(message);
        fields.Skip();
    }
}
