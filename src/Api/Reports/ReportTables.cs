using System.Globalization;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;
using Microsoft.Extensions.Options;
using static BudgetEngine.Api.Reports.ColumnKind;

namespace BudgetEngine.Api.Reports;

/// <summary>Reports as tables.</summary>
internal sealed class ReportTables(Resolution resolution, IOptions<InstallationOptions> installation)
{
    private readonly MoneyWords _money = new(installation.Value.Currency, resolution);

    private static readonly ReportColumn[] _figures =
    [
        new("cost", "Cost", Amount), new("share", "Share", Fraction), new("requests", "Requests", Number), new("cost_per_1000_requests", "per 1,000 requests", SmallAmount),
        new("input_tokens", "Tokens in", Number), new("cached_input_tokens", "cached", Number), new("output_tokens", "out", Number), new("cost_per_million_tokens", "per million tokens", SmallAmount),
        new("failed_requests", "Failed", Number), new("cost_of_failed", "Cost of failed", Amount), new("average_latency_ms", "Average ms", Number), new("p95_latency_ms", "p95 ms", Number),
        new("p99_latency_ms", "p99 ms", Number),
    ];

    public ReportTable Spend(BreakdownResponse<CostCenterFiguresResponse> report) => new(
        "Spend by cost center", SentenceOf(report, report.Total), report.Currency, [new("cost_center", "Cost center", CostCenter), .. _figures, new("mark", "Mark", Text)],
        [.. report.Items.Select(i => (object?[])[i.CostCenter, .. Of(i), i.Mark])], ["Total", .. Of(report.Total), null])
    {
        Note = report.Unattributed == Money.Zero ? null : $"{Told(report.Unattributed)} {report.Currency} was spent above this level, not in any of these cost centers.",
    };

    public ReportTable Names(string title, string heading, BreakdownResponse<NamedFiguresResponse> report)
    {
        var rows = report.Items.Select(i => (object?[])[i.Name.Length == 0 ? "(none)" : i.Name, .. Of(i)]).ToList();
        if (report.Other is not null) rows.Add(["(others)", .. Of(report.Other)]);
        return new ReportTable(title, SentenceOf(report, report.Total), report.Currency, [new("name", heading, Text), .. _figures], rows, ["Total", .. Of(report.Total)])
        {
            Note = report.Unattributed == Money.Zero ? null : $"{Told(report.Unattributed)} {report.Currency} of the total is in none of these rows.",
        };
    }

    public ReportTable Summary(SummaryResponse report) =>
        new("Summary", SentenceOf(report, report.Total), report.Currency, [new("what", "What", Text), new("name", "Name", Text), .. _figures],
            [.. report.Models.Select(m => (object?[])["model", m.Name.Length == 0 ? "(none)" : m.Name, .. Of(m)]), .. report.CostCenters.Select(c => (object?[])["cost center", c.CostCenter, .. Of(c)])],
            ["Total", null, .. Of(report.Total)]);

    public ReportTable Trend(TrendResponse report) => new(
        "Trend", $"{Told(report.ThisMonth.Cost)} {report.Currency} this month, {Told(report.LastMonth.Cost)} to the same day of last month{ChangeOf(report.Change)}.", report.Currency,
        [new("date", "Date", Date), .. _figures], [.. report.Items.Select(d => (object?[])[d.Date, .. Of(d)])], ["Total", .. Of(report.Total)]);

    public ReportTable Spikes(SpikesResponse report) => new(
        "Spikes", report.Items.Count == 0 ? $"No spike from {DayOf(report.From)} to {DayOf(report.To.AddDays(-1))}." : $"{report.Items.Count} from {DayOf(report.From)} to {DayOf(report.To.AddDays(-1))}.",
        report.Currency, [new("cost_center", "Cost center", CostCenter), new("date", "Date", Date), new("cost", "Cost", Amount), new("day_before", "Day before", Amount), new("change", "Change", Fraction)],
        [.. report.Items.Select(s => (object?[])[s.CostCenter, s.Date, s.Cost, s.DayBefore, s.Change])]);

    public ReportTable Budgets(BudgetsReportResponse report) => new(
        "Budget against actual", StandingsOf(report), report.Currency,
        [
            new("cost_center", "Cost center", CostCenter), new("user", "User", Text), new("period", "Period", Text), new("limit", "Budget", Amount), new("spent", "Spent", Amount),
            new("remaining", "Remaining", Amount), new("percent", "Percent", Number), new("standing", "Standing", Standing), new("level", "Level", Text), new("resets_at", "Resets", Time),
        ],
        [.. report.Items.Select(b => (object?[])[b.CostCenter, b.User, Words.Periods.Of(b.Period), b.Limit, b.Spent, b.Remaining, b.Percent, b.Standing, b.Level, b.ResetsAt])]);

    public ReportTable Forecast(MonthForecastResponse report) => new(
        "Forecast", ForecastSentence(report), report.Currency, [new("figure", "Figure", Text), new("amount", "Amount", Amount)],
        [
            ["spent so far", report.Spent], ["expected by the end of the month", report.Expected], ["low, four of five cases", report.Low], ["high, four of five cases", report.High],
            ["plain pace, for comparison", report.PlainPace], ["a day, mean of the last 7 ended", report.PerDay], ["monthly limit", report.Limit],
        ])
    {
        Note = $"Formula: {report.Formula}. Growth {report.Growth.ToString(CultureInfo.InvariantCulture)}.",
    };

    /// <summary>The words of an ended time: those that a schedule sends.</summary>
    public string TextOf(string? costCenter, SpendSummary summary) => new SummaryText(_money, costCenter ?? "", summary).Sentence;

    public ReportTable Changes(ChangesResponse report) => new(
        "Changes", report.Text, report.Currency,
        [new("cost_center", "Cost center", CostCenter), new("cost", "Cost", Amount), new("cost_before", "Before", Amount), new("change", "Change", Fraction)],
        [.. report.Items.Select(i => (object?[])[i.CostCenter, i.Spent, i.SpentBefore, i.Change])], ["Total", report.Cost, report.CostBefore, report.Change])
    {
        Note = "Totals are of all cost centers, also of those that have no row. A schedule sends this text to channels.",
    };

    public static string DayOf(DateOnly date) => date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static object?[] Of(FiguresResponse f) =>
    [
        f.Cost, f.Share, f.Requests, f.CostPerThousandRequests, f.InputTokens, f.CachedInputTokens, f.OutputTokens, f.CostPerMillionTokens, f.FailedRequests, f.CostOfFailed, f.AverageLatencyMs,
        f.P95LatencyMs, f.P99LatencyMs,
    ];

    private string SentenceOf(ReportResponse report, FiguresResponse total) => total.Cost == Money.Zero && total.Requests == 0
        ? "Nothing was spent in this range."
        : $"{Told(total.Cost)} {report.Currency} from {DayOf(report.From)} to {DayOf(report.To.AddDays(-1))}, in {total.Requests.ToString("N0", CultureInfo.InvariantCulture)} requests.";

    private static string ChangeOf(decimal? change) => change switch
    {
        null => "",
        0 => ", the same",
        > 0 => $", {Percent(change.Value)} more",
        _ => $", {Percent(-change.Value)} less",
    };

    private static string StandingsOf(BudgetsReportResponse report)
    {
        int Count(string standing) => report.Items.Count(i => i.Standing == standing);
        return report.Items.Count == 0
            ? "No budget is set here."
            : $"{Count(Domain.Reports.BudgetStanding.OverBudget)} over budget, {Count(Domain.Reports.BudgetStanding.Warning)} above 80 %, {Count(Domain.Reports.BudgetStanding.Ok)} OK.";
    }

    private string ForecastSentence(MonthForecastResponse report) => report.Expected is not { } expected
        ? $"{Told(report.Spent)} {report.Currency} so far; no day has ended yet to tell a pace from."
        : $"{report.From.ToString("MMMM", CultureInfo.InvariantCulture)} should end at {Told(expected)} {report.Currency}{(report.RunsOutOn is { } day ? $"; the limit is reached on {DayOf(day)} at this pace" : "")}. How sure that is: {report.Confidence}, from {report.Days} {(report.Days == 1 ? "ended day" : "ended days")}.";

    private string Told(Money amount) => resolution.ToText(amount);

    private static string Percent(decimal fraction) => (fraction * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
