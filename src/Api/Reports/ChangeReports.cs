using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Reports;

/// <summary>What an ended day, week or month came to, against the one before it: the report <c>changes</c>, and what schedules send.</summary>
internal sealed class ChangeReports(ILedgerReports ledger, ReportService reports)
{
    /// <param name="to">The first date after it. Of a month: the whole one that had ended by then is told.</param>
    public async Task<SpendSummary> OfAsync(string? costCenter, Period period, DateOnly to, CancellationToken cancellationToken)
    {
        var end = period == Period.Monthly ? Window.Containing(Period.Monthly, to) : to;
        var range = new ReportRange(costCenter, SpendSummary.StartOf(period, end), end);
        var earlier = new ReportRange(costCenter, SpendSummary.StartOf(period, range.From), range.From);
        var level = ReportService.LevelBelow(costCenter);
        var now = await ledger.ReadCostCentersAsync(range, level, null, SpendSummary.MaxCostCenters, cancellationToken);
        var then = await ledger.ReadCostCentersAsync(earlier, level, null, SpendSummary.MaxCostCenters, cancellationToken);
        var models = await ledger.ReadNamesAsync(range, UsageDimension.Model, null, null, Alert.MaxTopModels, cancellationToken);
        var changes = new List<SpendChange>();
        foreach (var path in now.Items.Concat(then.Items).Select(c => c.CostCenter).Distinct(StringComparer.Ordinal))
        {
            changes.Add(new SpendChange(path, await SpentAsync(path, now, range, cancellationToken), await SpentAsync(path, then, earlier, cancellationToken)));
        }

        return new SpendSummary(
            period, range.From, range.To, now.Total.Spent, now.Total.Requests, then.Total.Spent,
            [.. changes.OrderByDescending(c => c.Spent).ThenByDescending(c => c.Before).ThenBy(c => c.CostCenter, StringComparer.Ordinal)],
            [.. models.Items.Select(m => new ModelShare(m.Name.Length == 0 ? "(none)" : m.Name, m.Usage.Spent))], OutlookOf(await reports.ForecastAsync(costCenter, 1, cancellationToken)));
    }

    /// <summary>Of a list that names fewer than it may, what it does not name has nothing.</summary>
    private async Task<Money> SpentAsync(string path, CostCenterUsages list, ReportRange range, CancellationToken cancellationToken)
    {
        if (list.Items.FirstOrDefault(c => c.CostCenter == path) is { } named) return named.Spent;
        if (list.Items.Count < SpendSummary.MaxCostCenters) return Money.Zero;
        var days = await ledger.ReadDaysAsync(range with { CostCenter = path }, cancellationToken);
        return days.Aggregate(Money.Zero, (sum, day) => sum + day.Spent);
    }

    private static MonthOutlook OutlookOf(MonthForecastResponse f) =>
        new(f.From, f.Expected, f.Limit, f.RunsOutOn, Words.ForecastConfidences.Parse(f.Confidence) ?? ForecastConfidence.None, f.Days);
}
