using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>
/// A budget as it is stored, in the words and units of the API, so that the audit trail reads well. A document of its own: renaming something in
/// Domain cannot change what is stored. Fields that a later version adds are passed over.
/// </summary>
internal sealed record BudgetDocument
{
    public decimal? Daily { get; init; }

    public decimal? Weekly { get; init; }

    public decimal? Monthly { get; init; }

    public decimal? Total { get; init; }

    public ThresholdDocument[]? Thresholds { get; init; }

    public string? Enforcement { get; init; }

    public string? OnOutage { get; init; }

    public decimal? OnOutageLimit { get; init; }

    public string? OnExpiry { get; init; }

    public bool? DurableHolds { get; init; }

    public string? UnknownModel { get; init; }

    public PricesDocument? DefaultPrice { get; init; }

    public long? AssumedOutputTokens { get; init; }

    public int? RequestsPerMinute { get; init; }

    public int? TokensPerMinute { get; init; }

    public string[]? AllowedModels { get; init; }

    public Dictionary<string, long>? MaxOutputTokens { get; init; }

    public BudgetDocument? PerUser { get; init; }

    public BudgetDocument? PerChild { get; init; }

    public static string ToJson(Budget budget, Resolution resolution) => JsonSerializer.Serialize(Of(budget, resolution), DocumentsJson.Default.BudgetDocument);

    public static Budget Read(string json, Resolution resolution) => JsonSerializer.Deserialize(json, DocumentsJson.Default.BudgetDocument)!.ToBudget(resolution);

    private static BudgetDocument Of(Budget budget, Resolution resolution) => Of(budget.Own, resolution) with
    {
        OnOutage = Words.OutageRules.Find(budget.Inherited.OnOutage),
        OnOutageLimit = Units(budget.Inherited.OnOutageLimit, resolution),
        OnExpiry = Words.ExpiryRules.Find(budget.Inherited.OnExpiry),
        DurableHolds = budget.DurableHolds,
        UnknownModel = Words.UnknownModelRules.Find(budget.Inherited.UnknownModel),
        DefaultPrice = PricesDocument.Of(budget.Inherited.DefaultPrice),
        AssumedOutputTokens = budget.Inherited.AssumedOutputTokens,
        AllowedModels = budget.Inherited.Models is { Allowed: { Count: > 0 } allowed } ? [.. allowed] : null,
        MaxOutputTokens = budget.Inherited.Models is { MaxOutput: { Count: > 0 } most } ? most.ToDictionary(m => m.Model, m => m.Tokens) : null,
        PerUser = budget.PerUser is { } user ? Of(user, resolution) : null,
        PerChild = budget.PerChild is { } child ? Of(child, resolution) : null,
    };

    private static BudgetDocument Of(LimitSet set, Resolution resolution) => new()
    {
        Daily = Units(set.Limits.Daily, resolution),
        Weekly = Units(set.Limits.Weekly, resolution),
        Monthly = Units(set.Limits.Monthly, resolution),
        Total = Units(set.Limits.Total, resolution),
        Thresholds = set.Thresholds.IsDefault ? null : [.. set.Thresholds.Select(t => new ThresholdDocument(t.At, t.Level))],
        Enforcement = Words.Enforcements.Of(set.Enforcement),
        RequestsPerMinute = set.Minute.Requests,
        TokensPerMinute = set.Minute.Tokens,
    };

    private static decimal? Units(Money? amount, Resolution resolution) => amount is { } money ? resolution.ToUnits(money) : null;

    private static Money? Amount(decimal? units, Resolution resolution)
    {
        if (units is not { } value) return null;
        return resolution.TryExact(value, out var money) ? money : throw new FormatException($"A stored amount of {value} is not a whole number of 10^-{resolution.Decimals} units.");
    }

    private Budget ToBudget(Resolution resolution) => new(
        ToLimits(resolution), DurableHolds ?? false,
        new InheritedSettings(
            UnknownModel is null ? UnknownModelRule.NotSet : Words.UnknownModelRules.Parse(UnknownModel) ?? throw Unknown("unknown_model", UnknownModel),
            DefaultPrice?.ToCard(),
            OnOutage is null ? OutageRule.NotSet : Words.OutageRules.Parse(OnOutage) ?? throw Unknown("on_outage", OnOutage),
            Amount(OnOutageLimit, resolution), AssumedOutputTokens, ToModelRules(),
            OnExpiry is null ? ExpiryRule.NotSet : Words.ExpiryRules.Parse(OnExpiry) ?? throw Unknown("on_expiry", OnExpiry)),
        PerUser?.ToLimits(resolution), PerChild?.ToLimits(resolution));

    private ModelRules? ToModelRules() => AllowedModels is null && MaxOutputTokens is null
        ? null
        : new ModelRules([.. AllowedModels ?? []], [.. (MaxOutputTokens ?? []).Select(m => new OutputLimit(m.Key, m.Value))]);

    private LimitSet ToLimits(Resolution resolution) => new(
        new Limits(Amount(Daily, resolution), Amount(Weekly, resolution), Amount(Monthly, resolution), Amount(Total, resolution)),
        Thresholds is null ? Threshold.Defaults : Thresholds.Select(t => new Threshold(t.At, t.Level)).ToImmutableArray(),
        Enforcement is null ? BudgetEngine.Domain.Budgets.Enforcement.Hard : Words.Enforcements.Parse(Enforcement) ?? throw Unknown("enforcement", Enforcement),
        new MinuteLimits(RequestsPerMinute, TokensPerMinute));

    // A rule that is not understood must not be read as a milder one.
    private static FormatException Unknown(string field, string value) =>
        new($"The stored budget has an unknown {field} '{value}': it was written by a newer version.");
}

internal sealed record ThresholdDocument(decimal At, string Level);
