using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Alerts;

/// <summary>
/// <c>/v1/alerts</c>: what was found, what became of it, and telling it again. Alerts outside of the key's subtree are as unknown as none; of deliveries only
/// those to channels of the subtree are told.
/// </summary>
internal sealed class AlertEndpoints(Gate gate, ILedgerAlerts ledger, IChannelReader channels, Tenants tenants, TimeProvider clock) : IEndpoints
{
    private static readonly Problem Unknown = new(ApiCode.UnknownAlert, "There is no alert with this id.");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/alerts", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Alerts, newest first", "Scope: read.")
                .Takes(Parameter.CostCenter, Parameter.Since, Parameter.Limit, Parameter.Cursor).Gives<PageResponse<AlertResponse>>());
        routes.MapGet("/v1/alerts/{id}", gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Alerts, "One alert with its deliveries", "Scope: read. Of deliveries only those to channels of the key's subtree.")
                .Gives<AlertDetailResponse>());
        routes.MapPost("/v1/alerts/{id}/redeliver", gate.Guard(Scopes.Admin, RedeliverAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Send it again", "Scope: admin. To the channels of the key's subtree that were told or would be told now.")
                .Gives<RedeliveryResponse>(StatusCodes.Status202Accepted, "Due now at these channels"));
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var asked = query.CostCenter("cost_center");
        var since = query.Since(tenants.CalendarOf(asked?.Path ?? caller.Subtree.CostCenter));
        var cursor = query.Cursor(1, out var problem);
        long? before = null;
        if (cursor is not null)
        {
            if (long.TryParse(cursor[0], NumberStyles.None, CultureInfo.InvariantCulture, out var entry)) before = entry;
            else problem = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        }

        if ((query.Problem() ?? problem ?? caller.Under(asked, out _)) is { } refused) return refused;
        caller.Under(asked, out var under);
        var alerts = await ledger.ReadAlertsAsync(under, since, before, limit + 1, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(alerts, limit, static a => AlertResponse.Of(a.Alert), static a => Cursors.Write(a.Entry.ToString(CultureInfo.InvariantCulture))));
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        if (new QueryReader(context, new FaultList()).Problem() is { } problem) return problem;
        if (await FindAsync(context, caller) is not { } alert) return Unknown;
        var deliveries = await ledger.ReadDeliveriesAsync(alert.Id, context.RequestAborted);
        if (!caller.IsWholeInstallation)
        {
            var seen = (await channels.ReadChannelsAsync(context.RequestAborted)).Where(c => c.IsWithin(caller.Subtree.CostCenter)).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
            deliveries = [.. deliveries.Where(d => seen.Contains(d.Channel))];
        }

        return await context.AnswerAsync(new AlertDetailResponse(AlertResponse.Of(alert), [.. deliveries.Select(DeliveryResponse.Of)]));
    }

    private async Task<Problem?> RedeliverAsync(HttpContext context, ApiKey caller)
    {
        if (new QueryReader(context, new FaultList()).Problem() is { } problem) return problem;
        if (await FindAsync(context, caller) is not { } alert) return Unknown;
        var channels = await ledger.RedeliverAsync(alert.Id, caller.Subtree.CostCenter, clock.GetUtcNow(), CancellationToken.None);
        return await context.AnswerAsync(new RedeliveryResponse(alert.Id, channels), StatusCodes.Status202Accepted);
    }

    private async Task<Alert?> FindAsync(HttpContext context, ApiKey caller)
    {
        var id = (string?)context.Request.RouteValues["id"];
        if (TextRules.FaultOf(id, TextRules.MaxName) is not null) return null;
        return await ledger.ReadAlertAsync(id!, context.RequestAborted) is { } stored && caller.Subtree.Contains(stored.Alert.CostCenter) ? stored.Alert : null;
    }
}
