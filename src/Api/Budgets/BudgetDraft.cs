using BudgetEngine.Api.Http;
using BudgetEngine.Api.Prices;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Budgets;

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
        DefaultPrice = from.Inherited.DefaultPrice is { } price ? new RateCardDraft(price) : null;
        OnOutage = from.Inherited.OnOutage;
        OnOutageLimit = from.Inherited.OnOutageLimit;
        OnExpiry = from.Inherited.OnExpiry;
        AssumedOutputTokens = from.Inherited.AssumedOutputTokens;
        Models = new ModelRulesDraft(from.Inherited.Models);
        PerUser = from.PerUser is { } perUser ? new LimitSetDraft(perUser) : null;
        PerChild = from.PerChild is { } perChild ? new LimitSetDraft(perChild) : null;
    }

    public LimitSetDraft Own { get; }

    public bool DurableHolds { get; set; }

    public UnknownModelRule UnknownModel { get; set; }

    public RateCardDraft? DefaultPrice { get; set; }

    public OutageRule OnOutage { get; set; }

    public Money? OnOutageLimit { get; set; }

    public ExpiryRule OnExpiry { get; set; }

    public long? AssumedOutputTokens { get; set; }

    public ModelRulesDraft Models { get; }

    public LimitSetDraft? PerUser { get; set; }

    public LimitSetDraft? PerChild { get; set; }

    public TenantDraft Tenant { get; } = new();

    public string? Reason { get; set; }

    public Budget ToBudget() => new(
        Own.ToLimitSet(), DurableHolds,
        new InheritedSettings(UnknownModel, DefaultPrice?.ToCard(), OnOutage, OnOutageLimit, AssumedOutputTokens, Models.ToRules(), OnExpiry),
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
        if (OnExpiry != ExpiryRule.NotSet) faults.Add("on_expiry", fault);
        if (AssumedOutputTokens is not null) faults.Add("assumed_output_tokens", fault);
        if (Models.Allowed.Count > 0) faults.Add("allowed_models", fault);
        if (Models.MaxOutput.Count > 0) faults.Add("max_output_tokens", fault);
        if (PerUser is not null) faults.Add("per_user", fault);
        if (PerChild is not null) faults.Add("per_child", fault);
    }
}
