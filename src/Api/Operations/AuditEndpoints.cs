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

/// <summary><c>GET /v1/audit</c>: every administrative write.</summary>
internal sealed class AuditEndpoints(Gate gate, ILedgerAudit ledger, Tenants tenants) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/audit", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "Administrative writes", "Scope: read.")
                .Takes(Parameter.CostCenter, Parameter.Since, Parameter.Limit, Parameter.Cursor).Gives<PageResponse<AuditResponse>>());

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var asked = query.CostCenter("cost_center");
        var since = query.Since(tenants.CalendarOf(asked?.Path ?? caller.Subtree.CostCenter));
        var after = query.Cursor(1, out var problem);
        long? afterId = null;
        if (after is not null)
        {
            if (long.TryParse(after[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) afterId = id;
            else problem = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        }

        if ((query.Problem() ?? problem ?? caller.Under(asked, out _)) is { } refused) return refused;
        caller.Under(asked, out var under);
        var entries = await ledger.ReadAuditAsync(under, since, afterId, limit + 1, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(entries, limit, AuditResponse.Of, static e => Cursors.Write(e.Id.ToString(CultureInfo.InvariantCulture))));
    }
}
