using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Budgets;

/// <summary><c>/v1/pause</c> and <c>/v1/resume</c>: the kill switch of a subtree, of a user or of a model in it.</summary>
internal sealed class PauseEndpoints(
    Gate gate, ILedgerPauses ledger, ILedgerCostCenters costCenters, ILedgerReports reports, PauseList list, BudgetWrites writes, TimeProvider clock, BodyReader bodies) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/pause", gate.Guard(Scopes.Admin, PauseAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Deny all checks of a subtree, a user or a model", "Scope: admin.")
                .Takes(Parameter.Reason).Reads<PauseRequest>().Shows("""{ "cost_center": "acme/engineering/search", "reason": "a loop that runs away" }""").Gives<PausedResponse>());
        routes.MapPost("/v1/resume", gate.Guard(Scopes.Admin, ResumeAsync))
            .WithMetadata(new Operation(Tags.Budgets, "End a pause", "Scope: admin.").Takes(Parameter.Reason).Reads<PauseRequest>()
                .Shows("""{ "cost_center": "acme/engineering/search", "reason": "it is mended" }""").Gives<PausedResponse>());
    }

    private async Task<Problem?> PauseAsync(HttpContext context, ApiKey caller)
    {
        var (draft, problem) = await ReadAsync(context, caller, mayEnd: true);
        if (problem is not null) return problem;
        var path = draft.CostCenter!.Value.Path;
        var pause = new Pause(path, draft.User, draft.Model, draft.Until, draft.Reason, caller.Id, clock.GetUtcNow());
        await ledger.PutPauseAsync(pause, AdminRequest.ContextOf(caller, clock, draft.Reason), CancellationToken.None);
        await writes.PutInForceAsync(path, draft.User, BudgetWrites.Paused);
        return await context.AnswerAsync(new PausedResponse(path, PauseResponse.Of(pause), await list.BesideAsync(path, caller), await UnseenAsync(pause)));
    }

    private async Task<Problem?> ResumeAsync(HttpContext context, ApiKey caller)
    {
        var (draft, problem) = await ReadAsync(context, caller, mayEnd: false);
        if (problem is not null) return problem;
        var path = draft.CostCenter!.Value.Path;
        // What was asked for is so either way, and a repeat is safe.
        var ended = await ledger.DeletePauseAsync(path, draft.User, draft.Model, AdminRequest.ContextOf(caller, clock, draft.Reason), CancellationToken.None);
        await writes.PutInForceAsync(path, draft.User, BudgetWrites.Resumed);
        IReadOnlyList<string> warnings = ended ? [] : [$"nothing was paused there: there was no pause of {Subject(path, draft.User, draft.Model)}"];
        return await context.AnswerAsync(new PausedResponse(path, null, await list.BesideAsync(path, caller), warnings));
    }

    /// <summary>A name that nothing was ever recorded under may be a typo, and would pause nobody.</summary>
    private async Task<IReadOnlyList<string>> UnseenAsync(Pause pause)
    {
        var warnings = new List<string>();
        if (pause.User is { } user && !await reports.HasSeenAsync(pause.CostCenter, UsageDimension.User, user, CancellationToken.None))
        {
            warnings.Add($"no usage of a user '{user}' is known at or below {pause.CostCenter}: is the name right? The pause is in force");
        }

        if (pause.Model is { } model && !await reports.HasSeenAsync(pause.CostCenter, UsageDimension.Model, model, CancellationToken.None))
        {
            warnings.Add($"no usage of a model '{model}' is known at or below {pause.CostCenter}: is the name right? The pause is in force");
        }

        return warnings;
    }

    private static string Subject(string path, string? user, string? model) =>
        $"{path}{(user is null ? "" : $", user {user}")}{(model is null ? "" : $", model {model}")}";

    private async Task<(Draft Draft, Problem? Problem)> ReadAsync(HttpContext context, ApiKey caller, bool mayEnd)
    {
        var draft = new Draft();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, bodies, draft, Draft.Read, faults) is { } unreadable) return (draft, unreadable);
        if (!draft.CostCenterSent) faults.Add("cost_center", "is required");
        if (mayEnd && draft.Until <= clock.GetUtcNow()) faults.Add("until", "must be in the future");
        draft.Reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (faults.ToProblem() is { } problem) return (draft, problem);
        var path = draft.CostCenter!.Value.Path;
        if ((caller.Change(path) ?? (mayEnd ? writes.OldName(path) : null)) is { } outside) return (draft, outside);
        if (await costCenters.ExistsAsync(path, CancellationToken.None)) return (draft, null);
        return (draft, new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{path}'."));
    }

    internal sealed class Draft
    {
        private bool _costCenterSent;

        public bool CostCenterSent => _costCenterSent;

        public CostCenterId? CostCenter { get; private set; }

        public string? User { get; private set; }

        public string? Model { get; private set; }

        public DateTimeOffset? Until { get; private set; }

        public string? Reason { get; set; }

        public static void Read(ref JsonFields fields, Draft draft)
        {
            while (fields.Next())
            {
                if (fields.Is("cost_center"u8)) draft.CostCenter = (draft._costCenterSent = !fields.IsNull()) ? fields.CostCenter() : null;
                else if (fields.Is("user"u8)) draft.User = fields.Text(TextRules.MaxUser);
                else if (fields.Is("model"u8)) draft.Model = fields.Text(TextRules.MaxModel, printable: true);
                else if (fields.Is("until"u8)) draft.Until = fields.Time();
                else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
                else fields.Unknown();
            }
        }
    }
}
