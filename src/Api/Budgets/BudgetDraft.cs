using System.Collections.Immutable;
using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Limits, thresholds and enforcement as they are being read: of a budget, of <c>per_user</c>, of <c>per_child</c>.</summary>
internal sealed class LimitSetDraft(LimitSet from)
{
    public Money? Daily { get; set; } = from.Limits.Daily;

    public Money? Weekly { get; set; } = from.Limits.Weekly;

    public Money? Monthly { get; set; } = from.Limits.Monthly;

    public Money? Total { get; set; } = from.Limits.Total;

    public ImmutableArray<Threshold> Thresholds { get; set; } = from.Thresholds;

    public Enforcement Enforcement { get; set; } = from.Enforcement;

    public LimitSet ToLimitSet() => new(new Limits(Daily, Weekly, Monthly, Total), Thresholds, Enforcement);

    /// <summary>A wider period must not have a smaller limit: the narrower one could never be reached.</summary>
    public void Check(string prefix, FaultList faults)
    {
        (string Name, Money? Limit)[] limits = [("daily", Daily), ("weekly", Weekly), ("monthly", Monthly), ("total", Total)];
        for (var wider = 1; wider < limits.Length; wider++)
        {
            for (var narrower = 0; narrower < wider; narrower++)
            {
                if (limits[wider].Limit < limits[narrower].Limit)
                {
                    faults.Add(prefix + limits[wider].Name, $"must not be less than {limits[narrower].Name} ({limits[narrower].Limit})");
                    break;
                }
            }
        }
    }
}

/// <summary>Prices as they are being read.</summary>
internal sealed class TokenPricesDraft(TokenPrices? from)
{
    public decimal? Input { get; set; } = from?.Input;

    public decimal? Output { get; set; } = from?.Output;

    public decimal? CachedInput { get; set; } = from?.CachedInput;

    public decimal? CacheWrite { get; set; } = from?.CacheWrite;

    public decimal? Reasoning { get; set; } = from?.Reasoning;

    public long Per { get; set; } = from?.Per ?? 1_000_000;

    public bool InputSent { get; set; } = from is not null;

    public bool OutputSent { get; set; } = from is not null;

    public void Check(string prefix, FaultList faults)
    {
        if (!InputSent) faults.Add(prefix + "input", "is required");
        if (!OutputSent) faults.Add(prefix + "output", "is required");
    }

    /// <summary>Only after a check without faults.</summary>
    public TokenPrices ToPrices() => new(Input!.Value, Output!.Value, CachedInput, CacheWrite, Reasoning, Per);
}

/// <summary>
/// A budget as it is being read: begun empty for a replacement, or from what is stored for a merge patch (RFC 7396: what is absent stays, null takes away).
/// </summary>
internal sealed class BudgetDraft
{
    public BudgetDraft(Budget from)
    {
        Own = new LimitSetDraft(from.Own);
        DurableHolds = from.DurableHolds;
        UnknownModel = from.Inherited.UnknownModel;
        DefaultPrice = from.Inherited.DefaultPrice is { } price ? new TokenPricesDraft(price) : null;
        OnOutage = from.Inherited.OnOutage;
        OnOutageLimit = from.Inherited.OnOutageLimit;
        AssumedOutputTokens = from.Inherited.AssumedOutputTokens;
        PerUser = from.PerUser is { } perUser ? new LimitSetDraft(perUser) : null;
        PerChild = from.PerChild is { } perChild ? new LimitSetDraft(perChild) : null;
    }

    public LimitSetDraft Own { get; }

    public bool DurableHolds { get; set; }

    public UnknownModelRule UnknownModel { get; set; }

    public TokenPricesDraft? DefaultPrice { get; set; }

    public OutageRule OnOutage { get; set; }

    public Money? OnOutageLimit { get; set; }

    public long? AssumedOutputTokens { get; set; }

    public LimitSetDraft? PerUser { get; set; }

    public LimitSetDraft? PerChild { get; set; }

    public TenantDraft Tenant { get; } = new();

    public string? Reason { get; set; }

    public Budget ToBudget() => new(
        Own.ToLimitSet(), DurableHolds,
        new InheritedSettings(UnknownModel, DefaultPrice?.ToPrices(), OnOutage, OnOutageLimit, AssumedOutputTokens),
        PerUser?.ToLimitSet(), PerChild?.ToLimitSet());

    public void Check(CostCenterId costCenter, string? user, FaultList faults)
    {
        Own.Check("", faults);
        PerUser?.Check("per_user.", faults);
        PerChild?.Check("per_child.", faults);
        DefaultPrice?.Check("default_price.", faults);
        if (OnOutageLimit is not null && OnOutage != OutageRule.Allow) faults.Add("on_outage_limit", "stands only with on_outage: allow");
        if (user is not null) CheckUser(faults);
        foreach (var field in Tenant.Sent)
        {
            if (!costCenter.IsTenant || user is not null) faults.Add(field, "stands on a tenant only");
        }
    }

    /// <summary>What is set must be enforced, and these would not be on the side account of a user.</summary>
    private void CheckUser(FaultList faults)
    {
        const string fault = "cannot stand on the budget of one user";
        if (DurableHolds) faults.Add("durable_holds", fault);
        if (UnknownModel != UnknownModelRule.NotSet) faults.Add("unknown_model", fault);
        if (DefaultPrice is not null) faults.Add("default_price", fault);
        if (OnOutage != OutageRule.NotSet) faults.Add("on_outage", fault);
        if (AssumedOutputTokens is not null) faults.Add("assumed_output_tokens", fault);
        if (PerUser is not null) faults.Add("per_user", fault);
        if (PerChild is not null) faults.Add("per_child", fault);
    }
}

/// <summary>Fields of a tenant that a body names; the others keep their value. Null sets the default.</summary>
internal sealed class TenantDraft
{
    private string? _timeZone;
    private bool? _denyNewCostCenters;
    private bool? _requireLimit;
    private Money? _maxRecordCost;

    /// <summary>Names of the fields that were sent with a value of their own.</summary>
    public List<string> Sent { get; } = [];

    public void SetTimeZone(string? zone) => _timeZone = Set("time_zone", zone) ?? "UTC";

    public void SetDenyNewCostCenters(bool? deny) => _denyNewCostCenters = Set("new_cost_centers", deny) ?? false;

    public void SetRequireLimit(bool? require) => _requireLimit = Set("require_limit", require) ?? false;

    public void SetMaxRecordCost(Money? max) => _maxRecordCost = Set("max_record_cost", max) ?? TenantSettings.DefaultMaxRecordCost;

    /// <summary>The tenant as it is to be; null: unchanged.</summary>
    /// <param name="current">Null: the tenant is new.</param>
    public TenantSettings? ApplyTo(TenantSettings? current, string tenant, DateTimeOffset now)
    {
        if (_timeZone is null && _denyNewCostCenters is null && _requireLimit is null && _maxRecordCost is null) return null;
        var before = current ?? TenantSettings.New(tenant);
        return before with
        {
            Calendar = _timeZone is null ? before.Calendar : ZoneOf(current, _timeZone, now),
            DenyNewCostCenters = _denyNewCostCenters ?? before.DenyNewCostCenters,
            RequireLimit = _requireLimit ?? before.RequireLimit,
            MaxRecordCost = _maxRecordCost ?? before.MaxRecordCost,
        };
    }

    /// <summary>A new zone begins at the end of the current day; a new tenant has no day yet that could end.</summary>
    private static TenantCalendar ZoneOf(TenantSettings? current, string zone, DateTimeOffset now) =>
        current?.Calendar.WithZone(zone, now) ?? TenantCalendar.Of(zone);

    private T Set<T>(string field, T value)
    {
        if (value is not null) Sent.Add(field);
        return value;
    }
}
