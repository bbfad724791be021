using System.Globalization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Reports;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Reports;

/// <summary><c>/reports/{name}</c>: every report of the API as a page, by filters that are the address.</summary>
internal sealed class ReportsPage(PageGate gate, ShellMaker shells, ReportService reports, ChangeReports changes, ReportTables tables) : IEndpoints
{
    /// <summary>What a person reads; the rest is in the CSV.</summary>
    private const int Rows = 100;

    private const string Tag = "feature";
    private const int TrendDays = 60;
    private const int SpikeDays = 7;
    private const int SpikeThousandths = 500;

    private static readonly string[] _filters = ["cost_center", "from", "to", ReportModel.Period];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reports", gate.Guard((context, caller) => SendAsync(context, caller, ReportLink.All[0])));
        foreach (var report in ReportLink.All) routes.MapGet("/reports/" + report.Name, gate.Guard((context, caller) => SendAsync(context, caller, report)));
    }

    private async Task SendAsync(HttpContext context, ApiKey caller, ReportLink report)
    {
        var filters = _filters.ToDictionary(f => f, f => context.Request.Query[f].ToString().Trim(), StringComparer.Ordinal);
        var faults = new List<string>();
        string? costCenter = null;
        if (filters["cost_center"].Length > 0)
        {
            if (CostCenterId.TryParse(filters["cost_center"], out var id, out var fault)) costCenter = id.Path;
            else faults.Add($"The cost center {fault}.");
        }

        if (costCenter is not null && caller.See(costCenter) is not null)
        {
            await gate.ForbiddenAsync(context, caller);
            return;
        }

        costCenter ??= caller.Subtree.CostCenter;
        var (from, to) = report.HasRange ? (DateOf(filters, "from", faults), DateOf(filters, "to", faults)) : (null, null);
        var month = ReportService.MonthOf(costCenter, reports.TodayOf(costCenter));
        var range = new ReportRange(costCenter, from ?? month.From, to?.AddDays(1) ?? (from >= month.To ? ReportService.MonthOf(null, from.Value).To : month.To));
        if (range.To <= range.From) faults.Add("The last day must not be before the first.");
        var shell = await shells.MakeAsync(context, caller, report.Title, "reports");
        var table = faults.Count > 0 ? null : await TableAsync(report, range, filters, context.RequestAborted);
        await PageAnswer.SendAsync(context, Slices.Report.Create(new ReportModel(shell, report, table, filters, QueryOf(report, range, filters), faults)));
    }

    private async Task<ReportTable> TableAsync(ReportLink report, ReportRange range, Dictionary<string, string> filters, CancellationToken cancellationToken)
    {
        var level = ReportService.LevelBelow(range.CostCenter);
        return report.Name switch
        {
            "budgets" => tables.Budgets(await reports.BudgetsAsync(range.CostCenter, null, Rows, p => p, cancellationToken)),
            "models" => tables.Names("Models", "Model", await reports.NamesAsync(range, UsageDimension.Model, null, null, Rows, cancellationToken)),
            "providers" => tables.Names("Providers", "Provider", await reports.NamesAsync(range, UsageDimension.Provider, null, null, Rows, cancellationToken)),
            "users" => tables.Names("Users", "User", await reports.NamesAsync(range, UsageDimension.User, null, null, Rows, cancellationToken)),
            "tags" => tables.Names($"Tag {Tag}", "Value", await reports.NamesAsync(range, UsageDimension.Tag, Tag, null, Rows, cancellationToken)),
            "trend" => tables.Trend(await reports.TrendAsync(range.CostCenter, TrendDays, cancellationToken)),
            "spikes" => tables.Spikes(await reports.SpikesAsync(range.CostCenter, level, SpikeDays, SpikeThousandths, Rows, cancellationToken)),
            "changes" => await ChangesAsync(range.CostCenter, PeriodOf(filters), cancellationToken),
            "forecast" => tables.Forecast(await reports.ForecastAsync(range.CostCenter, 1, cancellationToken)),
            _ => tables.Spend(await reports.SpendAsync(range, level, null, Rows, p => p.CostCenter, cancellationToken)),
        };
    }

    private async Task<ReportTable> ChangesAsync(string? costCenter, Period period, CancellationToken cancellationToken)
    {
        var summary = await changes.OfAsync(costCenter, period, reports.TodayOf(costCenter), cancellationToken);
        return tables.Changes(reports.Answer(costCenter, summary, tables.TextOf(costCenter, summary)));
    }

    private static Period PeriodOf(Dictionary<string, string> filters) => filters[ReportModel.Period] switch { "day" => Period.Daily, "month" => Period.Monthly, _ => Period.Weekly };

    private static string QueryOf(ReportLink report, ReportRange range, Dictionary<string, string> filters)
    {
        var about = range.CostCenter is null ? "" : "&cost_center=" + Uri.EscapeDataString(range.CostCenter);
        if (report.HasPeriod) about += PeriodOf(filters) switch { Period.Daily => "&period=day", Period.Monthly => "&period=month", _ => "&period=week" };
        return report.HasRange ? string.Create(CultureInfo.InvariantCulture, $"{about}&from={range.From:yyyy-MM-dd}&to={range.To:yyyy-MM-dd}") : about;
    }

    private static DateOnly? DateOf(Dictionary<string, string> filters, string name, List<string> faults)
    {
        if (filters[name].Length == 0) return null;
        if (DateOnly.TryParseExact(filters[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is > 1900 and < 9999) return date;
        faults.Add($"'{name}' must be a date such as 2026-11-21.");
        return null;
    }
}
