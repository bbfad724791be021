using System.Globalization;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Reports;

/// <summary><c>GET /v1/reports/...</c>.</summary>
internal sealed class ReportEndpoints(Gate gate, ReportService reports, ChangeReports changes, ReportTables tables, Resolution resolution) : IEndpoints
{
    private const int MaxDays = 366;

    private static readonly Parameter _level = new("level", "query", static () => new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = Domain.CostCenters.CostCenterId.MaxSegments }, "Segments to group by");

    public void Map(IEndpointRouteBuilder routes)
    {
        Map<SummaryResponse>(routes, "summary", "What a day, a week or a month came to", SummaryAsync, Parameter.OneOf("period", "month", "week", "day"));
        Map<BreakdownResponse<CostCenterFiguresResponse>>(routes, "spend", "Spend by cost center", SpendAsync, Parameter.FromDate, Parameter.ToDate, _level, Parameter.Limit, Parameter.Cursor);
        Map<TrendResponse>(routes, "trend", "Spend by day, and this month against last", TrendAsync, Parameter.Query("days", "1 to 366, 60 by default"));
        MapNames(routes, "models", "Spend by model", UsageDimension.Model, "Models", "Model");
        MapNames(routes, "providers", "Spend by provider", UsageDimension.Provider, "Providers", "Provider");
        MapNames(routes, "users", "Spend by user", UsageDimension.User, "Users", "User", Parameter.User);
        MapNames(routes, "tags", "Spend by the values of a tag", UsageDimension.Tag, "Tags", "Value", Parameter.Query("tag", "Which: feature by default"));
        Map<BudgetsReportResponse>(routes, "budgets", "Budget against actual", BudgetsAsync, Parameter.Limit, Parameter.Cursor);
        Map<SpikesResponse>(routes, "spikes", "Days above the day before", SpikesAsync, Parameter.Query("threshold", "By more than this fraction: 0.5 by default"), Parameter.Query("days", "1 to 366, 7 by default"), _level, Parameter.Limit);
        Map<ChangesResponse>(
            routes, "changes", "An ended day, week or month against the one before it", ChangesAsync, Parameter.OneOf("period", "week", "day", "month"),
            Parameter.ToDate with { Description = "The first date after it, today by default; of a month the whole one that had ended by then." });
        Map<MonthForecastResponse>(routes, "forecast", "What this month should come to", ForecastAsync, Parameter.Query("growth", "Factor on what is left of the month: 1 by default"));
    }

    private void Map<T>(IEndpointRouteBuilder routes, string name, string summary, Handler handler, params Parameter[] parameters) =>
        routes.MapGet("/v1/reports/" + name, gate.GuardRead(Scopes.Read, handler))
            .WithMetadata(new Operation(Tags.Reports, summary, "Scope: read.")
                .Takes([Parameter.CostCenter, .. parameters, Parameter.OneOf("format", ReportOutput.Json, ReportOutput.Csv, ReportOutput.Html)])
                .Gives<T>().Gives<string>(contentType: "text/csv").Gives<string>(contentType: "text/html"));

    private void MapNames(IEndpointRouteBuilder routes, string name, string summary, UsageDimension dimension, string title, string heading, params Parameter[] more) =>
        Map<BreakdownResponse<NamedFiguresResponse>>(
            routes, name, summary, (context, caller) => NamesAsync(context, caller, dimension, title, heading), [Parameter.FromDate, Parameter.ToDate, .. more, Parameter.Limit]);

    private async Task<Problem?> SummaryAsync(HttpContext context, ApiKey caller)
    {
        var request = new ReportRequest(context, caller);
        var period = request.Query.Word("period", "month", "week", "day") switch { "day" => Period.Daily, "week" => Period.Weekly, _ => Period.Monthly };
        if (request.Problem() is { } problem) return problem;
        return await AnswerAsync(context, request, await reports.SummaryAsync(request.CostCenter, period, context.RequestAborted), tables.Summary);
    }

    private async Task<Problem?> ChangesAsync(HttpContext context, ApiKey caller)
    {
        var request = new ReportRequest(context, caller);
        var period = request.Query.Word("period", "week", "day", "month") switch { "day" => Period.Daily, "month" => Period.Monthly, _ => Period.Weekly };
        var to = request.Query.Date("to") ?? reports.TodayOf(request.CostCenter);
        if (to.Year == DateOnly.MinValue.Year) request.Query.Faults.Add("to", "must be a later date");
        if (request.Problem() is { } problem) return problem;
        var summary = await changes.OfAsync(request.CostCenter, period, to, context.RequestAborted);
        return await AnswerAsync(context, request, reports.Answer(request.CostCenter, summary, tables.TextOf(request.CostCenter, summary)), tables.Changes);
    }

    private async Task<Problem?> SpendAsync(HttpContext context, ApiKey caller)
    {
        var request = new ReportRequest(context, caller);
        var (range, level, after) = (request.Range(reports.TodayOf(request.CostCenter)), request.Level(), request.After(out var badCursor));
        if ((request.Problem() ?? badCursor) is { } problem) return problem;
        var report = await reports.SpendAsync(range, level, after, request.Limit, p => Cursors.Write(p.Spent.Nanos.ToString(CultureInfo.InvariantCulture), p.CostCenter), context.RequestAborted);
        return await AnswerAsync(context, request, report, tables.Spend);
    }

    private async Task<Problem?> TrendAsync(HttpContext context, ApiKey caller)
    {
        var request = new ReportRequest(context, caller);
        var days = request.Whole("days", 60, 1, MaxDays);
        if (request.Problem() is { } problem) return problem;
        return await AnswerAsync(context, request, await reports.TrendAsync(request.CostCenter, days, context.RequestAborted), tables.Trend);
    }

    private async Task<Problem?> NamesAsync(HttpContext context, ApiKey caller, UsageDimension dimension, string title, string heading)
    {
        var request = new ReportRequest(context, caller);
        var range = request.Range(reports.TodayOf(request.CostCenter));
        var user = dimension == UsageDimension.User ? request.Query.Text("user", TextRules.MaxUser) : null;
        var tag = dimension == UsageDimension.Tag ? request.Query.Text("tag") ?? "feature" : null;
        if (request.Problem() is { } problem) return problem;
        var report = await reports.NamesAsync(range, dimension, tag, user, request.Limit, context.RequestAborted);
        return await AnswerAsync(context, request, report, r => tables.Names(title, heading, r));
    }

    private async Task<Problem?> BudgetsAsync(HttpContext context, ApiKey caller)
    {
        var request = new ReportRequest(context, caller);
        var after = request.Query.Cursor(1, out var badCursor);
        if ((request.Problem() ?? badCursor) is { } problem) return problem;
        var report = await reports.BudgetsAsync(request.CostCenter, after?[0], request.Limit, path => Cursors.Write(path), context.RequestAborted);
        return await AnswerAsync(context, request, report, tables.Budgets);
    }

    private async Task<Problem?> SpikesAsync(HttpContext context, ApiKey caller)
    {
        var request = new ReportRequest(context, caller);
        var (threshold, days, level) = (request.Thousandths("threshold", 500, 10_000), request.Whole("days", 7, 1, MaxDays), request.Level());
        if (request.Problem() is { } problem) return problem;
        return await AnswerAsync(context, request, await reports.SpikesAsync(request.CostCenter, level, days, threshold, request.Limit, context.RequestAborted), tables.Spikes);
    }

    private async Task<Problem?> ForecastAsync(HttpContext context, ApiKey caller)
    {
        var request = new ReportRequest(context, caller);
        var growth = request.Thousandths("growth", 1_000, 100_000) / 1_000m;
        if (request.Problem() is { } problem) return problem;
        return await AnswerAsync(context, request, await reports.ForecastAsync(request.CostCenter, growth, context.RequestAborted), tables.Forecast);
    }

    private async Task<Problem?> AnswerAsync<T>(HttpContext context, ReportRequest request, T report, Func<T, ReportTable> tableOf)
    {
        await ReportOutput.AnswerAsync(context, resolution, request.Format, report, tableOf);
        return null;
    }
}
