using BudgetEngine.Api.Alerts;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.CostCenters;

/// <summary><c>GET /v1/cost-centers/{cost_center}</c>: one cost center with all that is known of it.</summary>
internal sealed class CostCenterDetail(
    Gate gate, ILedgerCostCenters ledger, ILedgerAlerts alerts, LiveNodes nodes, CheckService checks, Breakers breakers, SpendAdvice advice, KeyNames names, TimeProvider clock) : IEndpoints
{
    private const int MaxReservations = 100;
    private const int MaxChildren = 100;
    private const int MaxModels = 100;
    private const int MaxAlerts = 20;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/cost-centers/{**cost_center}", gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "One cost center, from the live grain", "Scope: read.").Gives<CostCenterDetailResponse>());

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var path = PathOf(context, faults);
        if ((new QueryReader(context, faults).Problem() ?? caller.See(path)) is { } problem) return problem;
        var (view, breaker, pauses) = (await breakers.ViewAsync([path], MaxReservations, caller.Subtree.Depth))[0];
        if (!view.Exists) return new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{path}'.");
        var gone = context.RequestAborted;
        var windows = nodes.WindowsOf(view);
        var models = await ledger.ReadModelsAsync(path, view.Today, MaxModels, gone);
        var (children, childCount) = await ledger.ListChildrenAsync(path, MaxChildren, gone);
        var raised = await alerts.ReadOwnAlertsAsync(path, MaxAlerts, gone);
        var recommendations = await advice.ForAsync(path, view.Today, windows, gone);
        var nameOf = names.For(caller);
        IReadOnlyList<ActivePauseResponse> touching = [.. pauses.Select(p => ActivePauseResponse.Of(p, caller.Subtree.Depth, nameOf))];
        return await context.AnswerAsync(new CostCenterDetailResponse(CostCenterResponse.Of(path, view, windows, breaker, touching))
        {
            Reservations = OpenReservationsResponse.Of(view, checks),
            Models = [.. models.Select(ModelSpendResponse.Of)],
            Children = children,
            ChildCount = childCount,
            Alerts = [.. raised.Select(a => AlertResponse.Of(a.Alert))],
            Recommendations = RecommendationResponse.Of(recommendations),
            TimeZone = nodes.CalendarOf(path).CurrentZone,
            ExpiredUnsettledToday = view.ExpiredToday,
            Forecasts = WindowForecastResponse.Of(view, windows, clock.GetUtcNow()),
        });
    }

    private static string PathOf(HttpContext context, FaultList faults)
    {
        var text = RawTarget.TailOf(context, 2, out var fault);
        if (fault is null && CostCenterId.TryParse(text, out var id, out fault)) return id.Path;
        faults.Add("cost_center", fault!);
        return "";
    }
}
