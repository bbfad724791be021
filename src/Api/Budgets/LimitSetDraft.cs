using System.Collections.Immutable;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Budgets;

/// <summary>Limits, thresholds and enforcement as they are being read: of a budget, of <c>per_user</c>, of <c>per_child</c>.</summary>
internal sealed class LimitSetDraft(LimitSet from)
{
    public Money? Daily { get; set; } = from.Limits.Daily;

    public Money? Weekly { get; set; } = from.Limits.Weekly;

    public Money? Monthly { get; set; } = from.Limits.Monthly;

    public Money? Total { get; set; } = from.Limits.Total;

    public ImmutableArray<Threshold> Thresholds { get; set; } = from.Thresholds;

    public Enforcement Enforcement { get; set; } = from.Enforcement;

    public long? RequestsPerMinute { get; set; } = from.Minute.Requests;

    public long? TokensPerMinute { get; set; } = from.Minute.Tokens;

    public LimitSet ToLimitSet() => new(new Limits(Daily, Weekly, Monthly, Total), Thresholds, Enforcement, new MinuteLimits((int?)RequestsPerMinute, (int?)TokensPerMinute));

    /// <summary>A wider period must not have a smaller limit: the narrower one could never be reached.</summary>
    public void Check(string prefix, FaultList faults)
    {
        var limits = ToLimitSet().Limits;
        foreach (var wider in Window.Periods)
        {
            foreach (var narrower in Window.Periods)
            {
                if (narrower >= wider) break;
                if (limits[wider] is not { } limit || limits[narrower] is not { } least || limit >= least) continue;
                faults.Add(prefix + Words.Periods.Of(wider), $"must not be less than {Words.Periods.Of(narrower)} ({least})");
                break;
            }
        }
    }
}
