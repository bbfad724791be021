using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Schedules;

/// <summary>
/// <c>/v1/schedules</c>: summaries of spend to channels, once a day, week or month. A key with a subtree has the schedules of it, its own cost center's included; others are as unknown as
/// none, and of their names it learns only that they are taken.
/// </summary>
internal sealed class ScheduleEndpoints(Gate gate, ILedgerSchedules ledger, ScheduleWrites writes, AdminParts parts) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/schedules", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Schedules of summaries", "Scope: read.").Takes(Parameter.Limit, Parameter.Cursor).Gives<PageResponse<ScheduleResponse>>());
        routes.MapGet("/v1/schedules/{name}", gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Alerts, "One schedule", "Scope: read.").Gives<ScheduleResponse>());
        routes.MapPut("/v1/schedules/{name}", gate.Guard(Scopes.Admin, PutAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Set a schedule, as a whole", "Scope: admin. What it has sent already is not sent again.").Takes(Parameter.Reason).Reads<ScheduleRequest>()
                .Gives<ScheduleResponse>(description: "Replaced").Gives<ScheduleResponse>(StatusCodes.Status201Created, "New"));
        routes.MapDelete("/v1/schedules/{name}", gate.Guard(Scopes.Admin, DeleteAsync))
            .WithMetadata(new Operation(Tags.Alerts, "Delete a schedule", "Scope: admin.").Takes(Parameter.Reason).GivesNothing());
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(1, out var badCursor);
        if ((query.Problem() ?? badCursor) is { } problem) return problem;
        var visible = (await ledger.ReadSchedulesAsync(context.RequestAborted))
            .Where(s => s.Schedule.IsWithin(caller.Subtree.CostCenter) && (after is null || string.CompareOrdinal(s.Schedule.Name, after[0]) > 0))
            .OrderBy(s => s.Schedule.Name, StringComparer.Ordinal).Take(limit + 1).ToList();
        return await context.AnswerAsync(Page.Of(visible, limit, s => ScheduleResponse.Of(s, writes.ZoneOf(s.Schedule)), static s => Cursors.Write(s.Schedule.Name)));
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var name = ChannelNames.Of(context, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (await ledger.ReadScheduleAsync(name, context.RequestAborted) is not { } stored || !stored.Schedule.IsWithin(caller.Subtree.CostCenter)) return Unknown(name);
        return await context.AnswerAsync(ScheduleResponse.Of(stored, writes.ZoneOf(stored.Schedule)));
    }

    private async Task<Problem?> PutAsync(HttpContext context, ApiKey caller)
    {
        var draft = new ScheduleDraft();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, parts.Bodies, draft, ScheduleDraft.Read, faults) is { } unreadable) return unreadable;
        var name = ChannelNames.Of(context, faults);
        draft.Check(faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (draft.CostCenter is { } asked && caller.See(asked.Path) is { } outside) return outside;
        var schedule = draft.ToSchedule(name, caller.Subtree.CostCenter);
        foreach (var (field, fault) in await writes.FaultsAsync(schedule, caller, context.RequestAborted)) faults.Add(field, fault);
        if (new QueryReader(context, faults).Problem() is { } unfit) return unfit;
        var written = await writes.PutAsync(schedule, caller, AdminRequest.ContextOf(caller, parts.Clock, reason));
        return written switch
        {
            ScheduleWrite.Taken => new Problem(ApiCode.NameTaken, $"The name '{name}' is taken; use another."),
            ScheduleWrite.TooMany => new Problem(
                caller.IsWholeInstallation ? ApiCode.NotStorable : ApiCode.QuotaExceeded, $"Too many schedules: delete one first. {Schedule.Shares.Describe(caller.Subtree.CostCenter)}"),
            _ => await AnswerAsync(context, name, written == ScheduleWrite.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK),
        };
    }

    private async Task<Problem?> DeleteAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var name = ChannelNames.Of(context, faults);
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (!await ledger.DeleteScheduleAsync(name, caller.Subtree.CostCenter, AdminRequest.ContextOf(caller, parts.Clock, reason), CancellationToken.None)) return Unknown(name);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async Task<Problem?> AnswerAsync(HttpContext context, string name, int status) =>
        await ledger.ReadScheduleAsync(name, CancellationToken.None) is { } stored
            ? await context.AnswerAsync(ScheduleResponse.Of(stored, writes.ZoneOf(stored.Schedule)), status)
            : Unknown(name);

    private static Problem Unknown(string name) => new(ApiCode.UnknownSchedule, $"There is no schedule '{name}'.");
}
