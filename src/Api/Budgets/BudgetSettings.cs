using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Api.Prices;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Budgets;

/// <summary>A budget exactly as a PUT takes it.</summary>
[Description("All optional.")]
public sealed record BudgetSettings : LimitSettings
{
    private BudgetSettings(LimitSet own) : base(own)
    {
    }

    public OutageRule? OnOutage { get; init; }

    public Money? OnOutageLimit { get; init; }

    [Description("What becomes at its deadline of what a hold has left: given back, or booked and flagged assumed.")]
    public ExpiryRule? OnExpiry { get; init; }

    public bool? DurableHolds { get; init; }

    public UnknownModelRule? UnknownModel { get; init; }

    public TokenPriceSettings? DefaultPrice { get; init; }

    [JsonConverter(typeof(AssumedTokensConverter)), Range(0, TokenCounts.MaxTokens)]
    public long? AssumedOutputTokens { get; init; }

    [Description("Names of models, or beginnings with * after them; null: every model."), MinLength(1), MaxLength(ModelRules.MaxPatterns), Items(MaxLength = TextRules.MaxModel)]
    public IReadOnlyList<string>? AllowedModels { get; init; }

    [Description("The most output tokens of one call, by name of a model or its beginning with * after it; null: not limited.")]
    public IReadOnlyDictionary<string, long>? MaxOutputTokens { get; init; }

    public LimitSettings? PerUser { get; init; }

    public LimitSettings? PerChild { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Tenant only; IANA name.")]
    public string? TimeZone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Tenant only."), AllowedValues(TenantDraft.CreateWord, TenantDraft.DenyWord)]
    public string? NewCostCenters { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Tenant only.")]
    public bool? RequireLimit { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Tenant only.")]
    public Money? MaxRecordCost { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Why, for the audit; else X-Reason. Not answered."), MaxLength(TextRules.MaxReason)]
    public string? Reason { get; init; }

    /// <param name="tenant">Of a tenant's own budget: its fields; else null.</param>
    public static BudgetSettings Of(Budget budget, TenantSettings? tenant) => new(budget.Own)
    {
        OnOutage = budget.Inherited.OnOutage == OutageRule.NotSet ? null : budget.Inherited.OnOutage,
        OnOutageLimit = budget.Inherited.OnOutageLimit,
        OnExpiry = budget.Inherited.OnExpiry == ExpiryRule.NotSet ? null : budget.Inherited.OnExpiry,
        DurableHolds = budget.DurableHolds,
        UnknownModel = budget.Inherited.UnknownModel == UnknownModelRule.NotSet ? null : budget.Inherited.UnknownModel,
        DefaultPrice = budget.Inherited.DefaultPrice is { } price ? TokenPriceSettings.Of(price) : null,
        AssumedOutputTokens = budget.Inherited.AssumedOutputTokens,
        AllowedModels = budget.Inherited.Models is { Allowed: { Count: > 0 } allowed } ? [.. allowed] : null,
        MaxOutputTokens = budget.Inherited.Models is { MaxOutput: { Count: > 0 } most } ? most.ToDictionary(m => m.Model, m => m.Tokens) : null,
        PerUser = Of(budget.PerUser),
        PerChild = Of(budget.PerChild),
        TimeZone = tenant?.Calendar.CurrentZone,
        NewCostCenters = tenant is null ? null : tenant.DenyNewCostCenters ? TenantDraft.DenyWord : TenantDraft.CreateWord,
        RequireLimit = tenant?.RequireLimit,
        MaxRecordCost = tenant?.MaxRecordCost,
    };
}
