using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Operations;

/// <summary><c>GET /v1/audit</c>: every administrative write, newest first.</summary>
internal sealed class AuditEndpoints(Gate gate, ILedgerAudit ledger, Tenants tenants, KeyNames names) : IEndpoints
{
    private const int MaxAction = 64;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/audit", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "Administrative writes, newest first", "Scope: read.")
                .Takes(
                    Parameter.CostCenter, Parameter.Query("key", "The id or the name of a key."), Parameter.Query("action", "budget.put, or budget for all that was done to budgets."),
                    Parameter.Since, Parameter.Limit, Parameter.Cursor).Gives<PageResponse<AuditResponse>>());

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var asked = query.CostCenter("cost_center");
        var since = query.Since(tenants.CalendarOf(asked?.Path ?? caller.Subtree.CostCenter));
        var (key, action) = (query.Text("key"), query.Text("action", MaxAction));
        var cursor = query.Cursor(1, out var problem);
        long? before = null;
        if (cursor is not null)
        {
            if (long.TryParse(cursor[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) before = id;
            else problem = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        }

        if ((query.Problem() ?? problem ?? caller.Under(asked, out _)) is { } refused) return refused;
        caller.Under(asked, out var under);
        var filter = new AuditFilter(under, since, key is null ? null : names.IdsOf(key, caller), action);
        var entries = await ledger.ReadAuditAsync(filter, before, limit + 1, context.RequestAborted);
        var nameOf = names.For(caller);
        return await context.AnswerAsync(Page.Of(entries, limit, e => AuditResponse.Of(e, nameOf(e.Actor)), static e => Cursors.Write(e.Id.ToString(CultureInfo.InvariantCulture))));
    }
}
