using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Charts;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Dashboard.Overview;

/// <summary>Are we inside our budgets, will we stay there, who needs me?</summary>
/// <param name="Roots">All that the key may see: the tenants, or its subtree.</param>
/// <param name="Total">Of the roots' windows of the period, as one; null: none is limited.</param>
/// <param name="Spent">In the period, of all roots, limited or not.</param>
/// <param name="Ranked">Cost centers by risk, the first few.</param>
/// <param name="All">How many cost centers there are.</param>
public sealed record OverviewModel(
    Shell Shell, Period Period, string? Tenant, IReadOnlyList<string> Tenants, IReadOnlyList<CostCenterLine> Roots, WindowLine? Total, Money Spent, string PeriodName,
    DateTimeOffset? Resets, TimeZoneInfo Zone, IReadOnlyList<CostCenterLine> Ranked, int All, IReadOnlyList<ModelLine> Models, IReadOnlyList<AlertLine> Alerts, DayBars? Days)
    : PageModel(Shell)
{
    /// <summary>Words of a period as a sentence uses them.</summary>
    public string InPeriod => Period switch { Period.Daily => "today", Period.Weekly => "this week", _ => "this month" };

    public Money SpentToday => Roots.Aggregate(Money.Zero, (sum, r) => sum + r.SpentToday);

    public long RequestsToday => Roots.Sum(r => r.RequestsToday);

    public Money Held => Roots.Aggregate(Money.Zero, (sum, r) => sum + r.Held);

    public int Open => Roots.Sum(r => r.Open);
}

/// <summary>What one model has cost.</summary>
public sealed record ModelLine(string Model, Money SpentToday, Money SpentMonth, long RequestsMonth);
