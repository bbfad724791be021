using System.Globalization;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Channels;

/// <summary>
/// <c>/v1/channels</c>: where alerts go. A key with a subtree has the channels of it, its own cost center's included; others are as unknown as none, and of their
/// names it learns only that they are taken.
/// </summary>
internal sealed class ChannelEndpoints(
    Gate gate, ILedgerChannels ledger, AdminParts parts, LiveChannels live, IdSource ids, IOptions<AlertChannelOptions> options) : IEndpoints
{
    private readonly SubtreeShares _shares = options.Value.ToShares();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/channels", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Channels", "Scope: read.")
                .Takes(Parameter.Limit, Parameter.Cursor).Gives<PageResponse<ChannelResponse>>());
        routes.MapGet("/v1/channels/{name}", gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Alerts, "One channel", "Scope: read. Secrets are never read back.").Gives<ChannelResponse>());
        routes.MapPut("/v1/channels/{name}", gate.Guard(Scopes.Admin, PutAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Set a channel, as a whole", "Scope: admin.").Takes(Parameter.Reason).Reads<ChannelRequest>()
                .Gives<ChannelResponse>(description: "Replaced; in use again").Gives<ChannelResponse>(StatusCodes.Status201Created, "New"));
        routes.MapDelete("/v1/channels/{name}", gate.Guard(Scopes.Admin, DeleteAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Delete a channel; what it had still to tell is dropped", "Scope: admin.")
                .Takes(Parameter.Reason).GivesNothing());
        routes.MapPost("/v1/channels/{name}/test", gate.Guard(Scopes.Admin, TestAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Send a test message", "Scope: admin.")
                .Gives<ChannelTestResponse>(StatusCodes.Status202Accepted, "Stored; what becomes of it is told with the alert"));
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(1, out var badCursor);
        if ((query.Problem() ?? badCursor) is { } problem) return problem;
        var channels = (await ledger.ReadChannelsAsync(context.RequestAborted))
            .Where(c => c.IsWithin(caller.Subtree.CostCenter) && (after is null || string.CompareOrdinal(c.Name, after[0]) > 0))
            .OrderBy(c => c.Name, StringComparer.Ordinal).Take(limit + 1).ToList();
        // One more than is told, so that there is known to be a next page.
        var page = (await live.ViewAllAsync([.. channels.Take(limit)])).Concat(channels.Skip(limit).Select(c => new ChannelView(c, null))).ToList();
        return await context.AnswerAsync(Page.Of(page, limit, ChannelResponse.Of, static v => Cursors.Write(v.Channel.Name)));
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var name = ChannelNames.Of(context, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (await FindAsync(name, caller) is not { } channel) return Unknown(name);
        return await AnswerAsync(context, channel);
    }

    private async Task<Problem?> PutAsync(HttpContext context, ApiKey caller)
    {
        var draft = new ChannelDraft();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, parts.Bodies, draft, ChannelDraft.Read, faults) is { } unreadable) return unreadable;
        var name = ChannelNames.Of(context, faults);
        draft.Check(options.Value.AllowPrivateAddresses, faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (draft.Under is { } asked && caller.See(asked.Path) is { } outside) return outside;
        var channel = new Channel(name, draft.Under?.Path ?? caller.Subtree.CostCenter, draft.Type, draft.Levels, draft.Types, draft.Target, null);
        var written = await ledger.PutChannelAsync(channel, new ShareClaim(caller.Subtree.CostCenter, _shares), AdminRequest.ContextOf(caller, parts.Clock, reason), CancellationToken.None);
        return written switch
        {
            ChannelWrite.Taken => new Problem(ApiCode.NameTaken, $"The name '{name}' is taken; use another."),
            ChannelWrite.TooMany => new Problem(
                caller.IsWholeInstallation ? ApiCode.NotStorable : ApiCode.QuotaExceeded, $"Too many channels: delete one first. {_shares.Describe(caller.Subtree.CostCenter)}"),
            _ => await AnswerAsync(context, channel, written == ChannelWrite.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK),
        };
    }

    private async Task<Problem?> DeleteAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var name = ChannelNames.Of(context, faults);
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (!await ledger.DeleteChannelAsync(name, caller.Subtree.CostCenter, AdminRequest.ContextOf(caller, parts.Clock, reason), CancellationToken.None)) return Unknown(name);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async Task<Problem?> TestAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var name = ChannelNames.Of(context, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (await FindAsync(name, caller) is not { } channel) return Unknown(name);
        if (channel.Disabled is { } disabled)
        {
            return new Problem(ApiCode.InvalidRequest, $"The channel is off since {TimeText.Of(disabled.At)}: {disabled.Reason}. Mend it and PUT it again first.");
        }

        var alert = NewTest(channel, caller);
        if (!await ledger.InsertTestAsync(alert, name, CancellationToken.None)) return Unknown(name);
        return await context.AnswerAsync(new ChannelTestResponse(alert.Id), StatusCodes.Status202Accepted);
    }

    private Alert NewTest(Channel channel, ApiKey caller)
    {
        var now = parts.Clock.GetUtcNow();
        var (under, calendar) = (channel.Under ?? "", parts.Nodes.CalendarOf(channel.Under ?? ""));
        var today = calendar.DateOf(now);
        return new Alert(AlertIds.Of(AlertType.ChannelTest, under, null, today, ids.Next().ToString("N", CultureInfo.InvariantCulture)), AlertType.ChannelTest, under, null, now)
        {
            Window = today, TimeZone = calendar.ZoneAt(now), By = caller.Id,
        };
    }

    private async Task<Problem?> AnswerAsync(HttpContext context, Channel channel, int status = StatusCodes.Status200OK) =>
        await context.AnswerAsync(ChannelResponse.Of(await live.ViewAsync(channel)), status);

    private async Task<Channel?> FindAsync(string name, ApiKey caller) =>
        await ledger.ReadChannelAsync(name, CancellationToken.None) is { } channel && channel.IsWithin(caller.Subtree.CostCenter) ? channel : null;

    private static Problem Unknown(string name) => new(ApiCode.UnknownChannel, $"There is no channel '{name}'.");
}
