using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Reports;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Reports;

/// <summary>Makes reports. Dates are those of the tenant's zone; of all tenants together, UTC's today.</summary>
internal sealed class ReportService(ILedgerReports ledger, ILedgerCostCenters costCenters, LiveNodes nodes, UtilizationOrder order, IOptions<InstallationOptions> installation, TimeProvider clock)
{
    /// <summary>Models and cost centers of a summary.</summary>
    private const int SummaryItems = 20;

    private string Currency => installation.Value.Currency;

    public DateOnly TodayOf(string? costCenter) => CalendarOf(costCenter).DateOf(clock.GetUtcNow());

    /// <summary>The month of a date, which is what a report is of when nothing is said.</summary>
    public static ReportRange MonthOf(string? costCenter, DateOnly date)
    {
        var first = Window.Containing(Period.Monthly, date);
        return new ReportRange(costCenter, first, Window.DateAfter(Period.Monthly, first) ?? DateOnly.MaxValue);
    }

    public async Task<SummaryResponse> SummaryAsync(string? costCenter, Period period, CancellationToken cancellationToken)
    {
        var first = Window.Containing(period, TodayOf(costCenter));
        var range = new ReportRange(costCenter, first, Window.DateAfter(period, first) ?? first.AddDays(1));
        var models = await ledger.ReadNamesAsync(range, UsageDimension.Model, null, null, SummaryItems, cancellationToken);
        var centers = await ledger.ReadCostCentersAsync(range, LevelBelow(costCenter), null, SummaryItems, cancellationToken);
        return new SummaryResponse(
            costCenter, range.From, range.To, Currency, ZoneOf(costCenter), Of(models.Total), [.. models.Items.Select(m => new NamedFiguresResponse(m, models.Total.Spent))],
            [.. centers.Items.Select(c => new CostCenterFiguresResponse(c, centers.Total.Spent))], models.Unattributed);
    }

    public async Task<BreakdownResponse<CostCenterFiguresResponse>> SpendAsync(ReportRange range, int level, SpendPosition? after, int limit, Func<SpendPosition, string> cursorOf, CancellationToken cancellationToken)
    {
        var centers = await ledger.ReadCostCentersAsync(range, level, after, limit + 1, cancellationToken);
        var items = centers.Items.Take(limit).Select(c => new CostCenterFiguresResponse(c, centers.Total.Spent)).ToList();
        var more = centers.Items.Count > limit;
        var rest = after is null && !more ? centers.Total.Spent - centers.Items.Aggregate(Money.Zero, (sum, c) => sum + c.Spent) : Money.Zero;
        return new(range.CostCenter, range.From, range.To, Currency, ZoneOf(range.CostCenter), Of(centers.Total), items, null, rest, more ? cursorOf(new SpendPosition(centers.Items[limit - 1].Spent, centers.Items[limit - 1].CostCenter)) : null);
    }

    public async Task<BreakdownResponse<NamedFiguresResponse>> NamesAsync(
        ReportRange range, UsageDimension dimension, string? key, string? name, int limit, CancellationToken cancellationToken)
    {
        var names = await ledger.ReadNamesAsync(range, dimension, key, name, limit, cancellationToken);
        var other = names.Other == UsageSum.Zero ? null : new FiguresResponse(names.Other.Spent, names.Other.Requests, names.Other, names.Total.Spent);
        return new(
            range.CostCenter, range.From, range.To, Currency, ZoneOf(range.CostCenter), Of(names.Total), [.. names.Items.Select(n => new NamedFiguresResponse(n, names.Total.Spent))], other,
            names.Unattributed, null);
    }

    public async Task<TrendResponse> TrendAsync(string? costCenter, int days, CancellationToken cancellationToken)
    {
        var today = TodayOf(costCenter);
        var range = new ReportRange(costCenter, today.AddDays(1 - days), today.AddDays(1));
        var thisMonth = Window.Containing(Period.Monthly, today);
        var lastMonth = thisMonth.AddMonths(-1);
        // A month that has no such day ends with its last.
        var sameDay = lastMonth.AddDays(Math.Min(today.Day, DateTime.DaysInMonth(lastMonth.Year, lastMonth.Month)));
        var from = range.From < lastMonth ? range.From : lastMonth;
        var read = (await ledger.ReadDaysAsync(range with { From = from }, cancellationToken)).ToDictionary(d => d.Date);
        var shown = Enumerable.Range(0, days).Select(i => read.GetValueOrDefault(range.From.AddDays(i)) ?? new DayUsage(range.From.AddDays(i), Money.Zero, 0, UsageSum.Zero)).ToList();
        var whole = shown.Aggregate(Money.Zero, (sum, d) => sum + d.Spent);
        var total = new FiguresResponse(whole, shown.Sum(d => d.Requests), shown.Aggregate(UsageSum.Zero, (sum, d) => sum + d.Usage), whole);
        var (now, then) = (PartOf(read.Values, thisMonth, today.AddDays(1)), PartOf(read.Values, lastMonth, sameDay));
        return new TrendResponse(
            costCenter, range.From, range.To, Currency, ZoneOf(costCenter), total, [.. shown.Select(d => new DayFiguresResponse(d, whole))], now, then,
            then.Cost.IsPositive ? decimal.Round((decimal)(now.Cost - then.Cost).Nanos / then.Cost.Nanos, 4) : null);
    }

    public async Task<SpikesResponse> SpikesAsync(string? costCenter, int level, int days, int thousandths, int limit, CancellationToken cancellationToken)
    {
        var today = TodayOf(costCenter);
        var range = new ReportRange(costCenter, today.AddDays(1 - days), today.AddDays(1));
        var spikes = await ledger.ReadSpikesAsync(range, level, thousandths, limit, cancellationToken);
        return new SpikesResponse(
            costCenter, range.From, range.To, Currency, ZoneOf(costCenter),
            [.. spikes.Select(s => new SpikeResponse(s.CostCenter, s.Date, s.Spent, s.DayBefore, decimal.Round((decimal)(s.Spent - s.DayBefore).Nanos / s.DayBefore.Nanos, 4)))]);
    }

    /// <param name="after">The last cost center of the page before.</param>
    public async Task<BudgetsReportResponse> BudgetsAsync(string? costCenter, string? after, int limit, Func<string, string> cursorOf, CancellationToken cancellationToken)
    {
        var paths = await order.PageAsync(costCenter, after, limit + 1, cancellationToken);
        var shown = paths.Take(limit).ToList();
        var views = await nodes.ViewAllAsync(shown);
        var items = views.SelectMany(nodes.WindowsOf).Select(w => new BudgetLineResponse(
            w.CostCenter, w.User, w.Period, w.Limit, w.Spent, w.Remaining, w.Utilization is null ? null : decimal.Round((decimal)w.Spent.Nanos * 100 / w.Limit.Nanos, 1),
            BudgetStanding.Of(w.Spent, w.Limit), w.Status, w.ResetsAt));
        return new BudgetsReportResponse(costCenter, Currency, [.. items], paths.Count > limit ? cursorOf(paths[limit - 1]) : null);
    }

    public async Task<MonthForecastResponse> ForecastAsync(string? costCenter, decimal growth, CancellationToken cancellationToken)
    {
        var today = TodayOf(costCenter);
        var month = MonthOf(costCenter, today);
        var before = month.From.AddDays(-MonthForecast.PaceDays);
        var read = (await ledger.ReadDaysAsync(month with { From = before }, cancellationToken)).ToDictionary(d => d.Date, d => d.Spent);
        // Days before the first that has anything are no history of spending nothing.
        var start = read.Count == 0 ? today : read.Keys.Min();
        var ended = Enumerable.Range(0, Math.Max(0, today.DayNumber - start.DayNumber)).Select(i => read.GetValueOrDefault(start.AddDays(i))).ToList();
        var spent = read.Where(d => d.Key >= month.From).Aggregate(Money.Zero, (sum, d) => sum + d.Value);
        var forecast = MonthForecast.Of(ended, read.GetValueOrDefault(today), today.Day, month.To.DayNumber - month.From.DayNumber, growth);
        var limit = await LimitAsync(costCenter, cancellationToken);
        return new MonthForecastResponse(
            costCenter, month.From, month.To, Currency, ZoneOf(costCenter), spent, forecast?.Expected, forecast?.Low, forecast?.High, forecast?.PlainPace, forecast?.PerDay, growth, limit,
            RunsOutOn(spent, limit, forecast, growth, today, month.To), "ended days + max(today, mean of the last 7 ended days) + days left x that mean x growth",
            Words.ForecastConfidences.Of(forecast?.Confidence ?? ForecastConfidence.None), forecast?.Days ?? 0);
    }

    /// <summary>An ended time with its words.</summary>
    public ChangesResponse Answer(string? costCenter, SpendSummary s, string text) => new(
        costCenter, s.From, s.To, Currency, ZoneOf(costCenter), s.Period, s.Spent, s.Requests, s.Before, s.Change, SpendChangeResponse.Of(s),
        [.. s.Models.Select(m => new Alerts.ModelShareResponse(m.Model, m.Spent))], MonthOutlookResponse.Of(s.Outlook), text);

    private static FiguresResponse Of(ReportTotal total) => new(total.Spent, total.Requests, total.Usage, total.Spent);

    private async Task<Money?> LimitAsync(string? costCenter, CancellationToken cancellationToken)
    {
        // A made-up name is brought into no memory.
        if (costCenter is null || !await costCenters.ExistsAsync(costCenter, cancellationToken)) return null;
        var windows = nodes.WindowsOf((await nodes.ViewAllAsync([costCenter]))[0]);
        return windows.FirstOrDefault(w => w is { Period: Period.Monthly, User: null })?.Limit;
    }

    private static DateOnly? RunsOutOn(Money spent, Money? limit, MonthForecast? forecast, decimal growth, DateOnly today, DateOnly end)
    {
        if (limit is not { } most) return null;
        if (spent >= most) return today;
        var perDay = (forecast?.PerDay.Nanos ?? 0) * growth;
        if (perDay <= 0) return null;
        var days = decimal.Ceiling((most - spent).Nanos / perDay);
        return days < end.DayNumber - today.DayNumber ? today.AddDays((int)days) : null;
    }

    private static MonthPartResponse PartOf(IEnumerable<DayUsage> days, DateOnly from, DateOnly to)
    {
        var part = days.Where(d => d.Date >= from && d.Date < to).ToList();
        return new MonthPartResponse(from, to, part.Aggregate(Money.Zero, (sum, d) => sum + d.Spent), part.Sum(d => d.Requests));
    }

    /// <summary>The children of a cost center; of everything, the tenants.</summary>
    public static int LevelBelow(string? costCenter) => costCenter is null ? 1 : CostCenterId.DepthOf(costCenter) + 1;

    private TenantCalendar CalendarOf(string? costCenter) => costCenter is null ? TenantCalendar.Utc : nodes.CalendarOf(costCenter);

    private string ZoneOf(string? costCenter) => CalendarOf(costCenter).ZoneAt(clock.GetUtcNow());
}
