using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.CostCenters;

/// <summary><c>GET /v1/cost-centers</c>: which there are, and how they stand.</summary>
internal sealed class CostCenterEndpoints(Gate gate, ILedgerCostCenters ledger, LiveNodes nodes, UtilizationOrder order, Breakers breakers, KeyNames names) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/cost-centers", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "Cost centers and how they stand", "Scope: read.")
                .Takes(Parameter.Under, Parameter.OneOf("sort", "cost_center", "utilization"), Parameter.Archived, Parameter.Limit, Parameter.Cursor)
                .Gives<PageResponse<CostCenterResponse>>());

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var byUtilization = query.Word("sort", "cost_center", "utilization") == "utilization";
        var archived = query.Flag("archived");
        var after = query.Cursor(1, out var badCursor);
        var asked = query.CostCenter("under");
        if ((query.Problem() ?? badCursor ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var paths = byUtilization
            ? await order.PageAsync(under, after?[0], limit + 1, context.RequestAborted)
            : [.. (await ledger.ListCostCentersAsync(under, after?[0], limit + 1, nodes.TodayOf, context.RequestAborted, archived)).Select(s => s.CostCenter)];
        var views = await breakers.ViewAsync([.. paths.Take(limit)], 0, caller.Subtree.Depth);
        var items = paths.Select((path, i) => (Path: path, Live: i < views.Count ? views[i] : default)).ToList();
        var nameOf = names.For(caller);
        return await context.AnswerAsync(Page.Of(
            items, limit,
            i => CostCenterResponse.Of(
                i.Path, i.Live.View, nodes.WindowsOf(i.Live.View), i.Live.Breaker, [.. i.Live.Pauses.Select(p => ActivePauseResponse.Of(p, caller.Subtree.Depth, nameOf))]),
            static i => Cursors.Write(i.Path)));
    }
}
