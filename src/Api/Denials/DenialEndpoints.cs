using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Denials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Denials;

/// <summary><c>GET /v1/denials</c>: which checks were denied, and why.</summary>
internal sealed class DenialEndpoints(Gate gate, ILedgerDenials ledger, Tenants tenants) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/denials", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Check, "Denied checks, newest first", "Scope: read.")
                .Takes(
                    Parameter.CostCenter, Parameter.User, Parameter.Query("session"), Parameter.Query("model"), Parameter.OneOf("reason", [.. Words.DenialReasons.All]),
                    Parameter.Query("request_id"), Parameter.From, Parameter.To, Parameter.Limit, Parameter.Cursor)
                .Gives<DenialsResponse>());

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var asked = query.CostCenter("cost_center");
        var (from, to) = query.Times(tenants.CalendarOf(asked?.Path ?? caller.Subtree.CostCenter));
        var reason = query.Text("reason");
        if (reason is not null && Words.DenialReasons.Parse(reason) is null) query.Faults.Add("reason", $"must be one of {string.Join(", ", Words.DenialReasons.All)}");
        var requestId = query.Text("request_id", TextRules.MaxLongRequestId) is { } id ? LongRequestId.Stored(id) : null;
        var filter = new DenialFilter(null, query.Text("user", TextRules.MaxUser), query.Text("session", TextRules.MaxUser), query.Text("model", TextRules.MaxModel), reason, requestId, from, to);
        var after = PositionOf(query, out var problem);
        if ((query.Problem() ?? problem ?? caller.Under(asked, out _)) is { } refused) return refused;
        caller.Under(asked, out var under);
        filter = filter with { Under = under };
        var denials = await ledger.ReadDenialsAsync(filter, after, limit + 1, context.RequestAborted);
        var omitted = await ledger.SumOmittedAsync(filter, context.RequestAborted);
        var page = Page.Of(denials, limit, d => DenialResponse.Of(d, caller.Subtree.Depth), CursorOf);
        return await context.AnswerAsync(new DenialsResponse(page.Items, page.NextCursor, OmittedDenialsResponse.Of(omitted)));
    }

    private static string CursorOf(Denial denial) =>
        Cursors.Write(denial.At.UtcTicks.ToString(CultureInfo.InvariantCulture), denial.Id.ToString("N", CultureInfo.InvariantCulture));

    private static DenialPosition? PositionOf(QueryReader query, out Problem? problem)
    {
        if (query.Cursor(2, out problem) is not { } parts) return null;
        if (long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks && Guid.TryParseExact(parts[1], "N", out var id))
        {
            return new DenialPosition(new DateTimeOffset(ticks, TimeSpan.Zero), id);
        }

        problem = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        return null;
    }
}
