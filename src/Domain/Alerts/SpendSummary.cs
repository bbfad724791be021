using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Alerts;

/// <summary>What an ended day, week or month came to: the figures of the report <c>changes</c>, and of the message that a schedule sends.</summary>
/// <param name="From">The first booked date. <paramref name="To"/>: the first after it.</param>
/// <param name="Before">Spent in as long a time before it.</param>
/// <param name="CostCenters">One level below what it is about: the dearest, and what was dearest before; dearest first.</param>
/// <param name="Models">The dearest, at most <see cref="Alert.MaxTopModels"/>.</param>
public sealed record SpendSummary(
    Period Period, DateOnly From, DateOnly To, Money Spent, long Requests, Money Before, ImmutableArray<SpendChange> CostCenters, ImmutableArray<ModelShare> Models, MonthOutlook Outlook)
{
    /// <summary>Cost centers that are named, of this time and of the one before.</summary>
    public const int MaxCostCenters = 10;

    /// <summary>More than before, as a fraction to 4 decimals; null: nothing was spent before.</summary>
    public decimal? Change => ChangeOf(Spent, Before);

    public static decimal? ChangeOf(Money spent, Money before) => before.IsPositive ? decimal.Round((decimal)(spent - before).Nanos / before.Nanos, 4) : null;

    /// <summary>The first date of the period that ends before a date: of a month, of the whole one.</summary>
    public static DateOnly StartOf(Period period, DateOnly to) => period switch
    {
        Period.Daily => to.AddDays(-1),
        Period.Weekly => to.AddDays(-7),
        _ => Window.Containing(Period.Monthly, to.AddDays(-1)),
    };
}

/// <summary>What a cost center with all below it came to, and in the time before.</summary>
public sealed record SpendChange(string CostCenter, Money Spent, Money Before);

/// <summary>What the month that is under way should come to.</summary>
/// <param name="Month">Its first date.</param>
/// <param name="Expected">Null: no day has ended yet.</param>
/// <param name="RunsOutOn">When the limit is reached at this pace; null: not within the month.</param>
/// <param name="Days">Ended days that the pace is the mean of.</param>
public sealed record MonthOutlook(DateOnly Month, Money? Expected, Money? Limit, DateOnly? RunsOutOn, ForecastConfidence Confidence, int Days);
