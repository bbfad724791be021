using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.Budgets;

/// <summary>Limits with their thresholds, as a PUT takes them and as they are answered.</summary>
public record LimitSettings
{
    // First, also where a record has more members than these.
    private const int First = -1;

    [JsonPropertyOrder(First)]
    public Money? Daily { get; init; }

    [JsonPropertyOrder(First)]
    public Money? Weekly { get; init; }

    [JsonPropertyOrder(First)]
    public Money? Monthly { get; init; }

    [JsonPropertyOrder(First)]
    public Money? Total { get; init; }

    [JsonPropertyOrder(First), MaxLength(Threshold.MaxPerBudget)]
    public IReadOnlyList<ThresholdSetting>? Thresholds { get; init; }

    [JsonPropertyOrder(First)]
    public Enforcement? Enforcement { get; init; }

    [JsonPropertyOrder(First), Range(1, MinuteLimits.Max)]
    public long? RequestsPerMinute { get; init; }

    [JsonPropertyOrder(First), Range(1, MinuteLimits.Max)]
    public long? TokensPerMinute { get; init; }

    protected LimitSettings(LimitSet set)
    {
        (Daily, Weekly, Monthly, Total) = (set.Limits.Daily, set.Limits.Weekly, set.Limits.Monthly, set.Limits.Total);
        Thresholds = [.. set.Thresholds.Select(t => new ThresholdSetting(t.At, t.Level))];
        Enforcement = set.Enforcement;
        (RequestsPerMinute, TokensPerMinute) = (set.Minute.Requests, set.Minute.Tokens);
    }

    public static LimitSettings? Of(LimitSet? set) => set is null ? null : new LimitSettings(set);
}

/// <summary>A fraction of a limit that is told.</summary>
public sealed record ThresholdSetting(
    [property: Required, Range(0.000000001, 2.0)] decimal At,
    [property: Required, RegularExpression("^[a-z][a-z0-9_-]{0,31}$")] string Level);
