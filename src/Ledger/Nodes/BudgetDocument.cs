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

    public bool? DurableHolds { get; init; }

    public string? UnknownModel { get; init; }

    public PricesDocument? DefaultPrice { get; init; }

    public long? AssumedOutputTokens { get; init; }

    public BudgetDocument? PerUser { get; init; }

    public BudgetDocument? PerChild { get; init; }

    public static string ToJson(Budget budget) => JsonSerializer.Serialize(Of(budget), DocumentsJson.Default.BudgetDocument);

    public static Budget Read(string json) => JsonSerializer.Deserialize(json, DocumentsJson.Default.BudgetDocument)!.ToBudget();

    private static BudgetDocument Of(Budget budget) => Of(budget.Own) with
    {
        OnOutage = Words.OutageRules.Find(budget.Inherited.OnOutage),
        OnOutageLimit = budget.Inherited.OnOutageLimit?.ToDecimal(),
        DurableHolds = budget.DurableHolds,
        UnknownModel = Words.UnknownModelRules.Find(budget.Inherited.UnknownModel),
        DefaultPrice = PricesDocument.Of(budget.Inherited.DefaultPrice),
        AssumedOutputTokens = budget.Inherited.AssumedOutputTokens,
        PerUser = budget.PerUser is { } user ? Of(user) : null,
        PerChild = budget.PerChild is { } child ? Of(child) : null,
    };

    private static BudgetDocument Of(LimitSet set) => new()
    {
        Daily = set.Limits.Daily?.ToDecimal(),
        Weekly = set.Limits.Weekly?.ToDecimal(),
        Monthly = set.Limits.Monthly?.ToDecimal(),
        Total = set.Limits.Total?.ToDecimal(),
        Thresholds = set.Thresholds.IsDefault ? null : [.. set.Thresholds.Select(t => new ThresholdDocument(t.At, t.Level))],
        Enforcement = Words.Enforcements.Of(set.Enforcement),
    };

    private static Money? Amount(decimal? units)
    {
        if (units is not { } value) return null;
        return Money.TryExact(value, out var money) ? money : throw new FormatException($"A stored amount of {value} is not a whole number of nano-units.");
    }

    private Budget ToBudget() => new(
        ToLimits(), DurableHolds ?? false,
        new InheritedSettings(
            UnknownModel is null ? UnknownModelRule.NotSet : Words.UnknownModelRules.Parse(UnknownModel) ?? throw Unknown("unknown_model", UnknownModel),
            DefaultPrice?.ToCard(),
            OnOutage is null ? OutageRule.NotSet : Words.OutageRules.Parse(OnOutage) ?? throw Unknown("on_outage", OnOutage),
            Amount(OnOutageLimit), AssumedOutputTokens),
        PerUser?.ToLimits(), PerChild?.ToLimits());

    private LimitSet ToLimits() => new(
        new Limits(Amount(Daily), Amount(Weekly), Amount(Monthly), Amount(Total)),
        Thresholds is null ? Threshold.Defaults : Thresholds.Select(t => new Threshold(t.At, t.Level)).ToImmutableArray(),
        Enforcement is null ? BudgetEngine.Domain.Budgets.Enforcement.Hard : Words.Enforcements.Parse(Enforcement) ?? throw Unknown("enforcement", Enforcement));

    // A rule that is not understood must not be read as a milder one.
    private static FormatException Unknown(string field, string value) =>
        new($"The stored budget has an unknown {field} '{value}': it was written by a newer version.");
}

internal sealed record ThresholdDocument(decimal At, string Level);
