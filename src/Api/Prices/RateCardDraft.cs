using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Api.Prices;

/// <summary>A price as it is being read, in the price book and as a budget's <c>default_price</c>.</summary>
internal sealed class RateCardDraft(RateCard? from) : RateLayerDraft(from?.Base, from?.ContextTiers ?? [])
{
    private const long DefaultPer = 1_000_000;

    private readonly SortedDictionary<string, ServiceTierDraft> _serviceTiers = new(
        (from?.ServiceTiers ?? []).ToDictionary(t => t.Name, t => new ServiceTierDraft(t)), StringComparer.Ordinal);

    private readonly SortedDictionary<string, decimal> _multipliers = new((from?.Multipliers ?? []).ToDictionary(m => m.Region, m => m.Factor), StringComparer.Ordinal);
    private long _per = from?.Per ?? DefaultPer;

    /// <summary>The current field, if it is one of a price.</summary>
    public bool Read(ref JsonFields fields)
    {
        if (ReadRate(ref fields) || ReadContextTiers(ref fields)) return true;
        if (fields.Is("per"u8)) _per = fields.Integer(1, RateCard.MaxPer) ?? DefaultPer;
        else if (fields.Is("service_tiers"u8)) ReadServiceTiers(ref fields);
        else if (fields.Is("multipliers"u8)) ReadMultipliers(ref fields);
        else return false;
        return true;
    }

    /// <summary>A price of tokens has both wholes: a forgotten one would be for nothing. One of units alone may have neither.</summary>
    public void Check(string prefix, FaultList faults)
    {
        if (HasUnits && !IsSent(TokenMeter.Input) && !IsSent(TokenMeter.Output)) return;
        if (!IsSent(TokenMeter.Input)) faults.Add(prefix + "input", "is required");
        if (!IsSent(TokenMeter.Output)) faults.Add(prefix + "output", "is required");
    }

    /// <summary>Only after a check without faults.</summary>
    public RateCard ToCard() => new(ToRates(), _per)
    {
        ContextTiers = ContextTiers, ServiceTiers = [.. _serviceTiers.Select(t => t.Value.ToTier(t.Key))],
        Multipliers = [.. _multipliers.Select(m => new RegionMultiplier(m.Key, m.Value))],
    };

    private void ReadServiceTiers(ref JsonFields fields)
    {
        if (fields.IsNull())
        {
            _serviceTiers.Clear();
            return;
        }

        if (!fields.Enter(out var outer)) return;
        while (fields.Next())
        {
            if (fields.PlainName() is not { } name) fields.Skip();
            else if (!UnitMeters.IsName(name) || name is "standard" or "default" or "auto") NotAName(ref fields, "must be a name of a-z, 0-9 and _, and not one of the base: standard, default, auto");
            else if (fields.IsNull()) _serviceTiers.Remove(name);
            else if (fields.Enter(out var tiers)) ReadServiceTier(ref fields, name, tiers);
        }

        fields.Leave(outer);
        if (_serviceTiers.Count > RateCard.MaxTiers) fields.Fault($"must be at most {RateCard.MaxTiers}");
    }

    private void ReadServiceTier(ref JsonFields fields, string name, in JsonFields.Outer outer)
    {
        var tier = _serviceTiers.TryGetValue(name, out var known) ? known : new ServiceTierDraft(null);
        while (fields.Next())
        {
            if (!tier.Read(ref fields)) fields.Unknown();
        }

        fields.Leave(outer);
        _serviceTiers[name] = tier;
    }

    private void ReadMultipliers(ref JsonFields fields)
    {
        if (fields.IsNull())
        {
            _multipliers.Clear();
            return;
        }

        if (!fields.Enter(out var outer)) return;
        while (fields.Next())
        {
            if (fields.PlainName() is not { } region) fields.Skip();
            else if (region.Length is 0 or > TextRules.MaxRegion || !TextRules.IsPrintable(region)) NotAName(ref fields, $"must be a region of at most {TextRules.MaxRegion} characters");
            else if (fields.IsNull()) _multipliers.Remove(region);
            else if (fields.Decimal(0, RateCard.MaxMultiplier, RateCard.MaxMultiplierDecimals) is { } factor) _multipliers[region] = factor;
        }

        fields.Leave(outer);
        if (_multipliers.Count > RateCard.MaxTiers) fields.Fault($"must be at most {RateCard.MaxTiers}");
    }

    private sealed class ServiceTierDraft(ServiceTier? from) : RateLayerDraft(from?.Rates, from?.ContextTiers ?? [])
    {
        public bool Read(ref JsonFields fields) => ReadRate(ref fields) || ReadContextTiers(ref fields);

        public ServiceTier ToTier(string name) => new(name, ToRates(), ContextTiers);
    }
}
