using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Budgets;

/// <summary><c>/v1/budgets</c>: replace, patch, read, delete, list.</summary>
internal sealed class BudgetEndpoints(
    Gate gate, ILedgerBudgets ledger, ILedgerCostCenters costCenters, AdminParts parts, BudgetAnswers answers, BudgetWrites writes, ChangeWarnings changes) : IEndpoints
{
    private const string Pattern = "/v1/budgets/{**cost_center}";
    private const int LeadingSegments = 2;

    /// <summary>Writes that others win before a patch gives up.</summary>
    private const int MaxPatchAttempts = 5;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/budgets", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Budgets", "Scope: read.")
                .Takes(Parameter.Under, Parameter.Limit, Parameter.Cursor).Gives<PageResponse<BudgetResponse>>());
        routes.MapGet(Pattern, gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Budgets, "A budget", "Scope: read.").Takes(Parameter.User).Gives<BudgetResponse>().WithHeaders("ETag"));
        routes.MapPut(Pattern, gate.Guard(Scopes.Admin, PutAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Replace the whole budget", "Scope: admin.")
                .Takes(Parameter.User, Parameter.IfMatch, Parameter.IfNoneMatch, Parameter.DryRun, Parameter.Reason).Reads<BudgetSettings>()
                .Shows("""{ "daily": 300, "monthly": 5000, "per_user": { "daily": 5 }, "reason": "the budget of this quarter" }""")
                .Gives<BudgetResponse>().Gives<BudgetResponse>(StatusCodes.Status201Created, "New").WithHeaders("ETag"));
        routes.MapPatch(Pattern, gate.Guard(Scopes.Admin, PatchAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Change a part (RFC 7396)", "Scope: admin.")
                .Takes(Parameter.User, Parameter.IfMatch, Parameter.IfNoneMatch, Parameter.DryRun, Parameter.Reason)
                .Reads<BudgetSettings>(Operation.Json, Operation.MergePatch).Gives<BudgetResponse>().WithHeaders("ETag"));
        routes.MapDelete(Pattern, gate.Guard(Scopes.Admin, DeleteAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Delete; spend and holds stay", "Scope: admin.")
                .Takes(Parameter.User, Parameter.IfMatch, Parameter.IfNoneMatch, Parameter.DryRun, Parameter.Reason).GivesNothing().Gives<BudgetEndResponse>(description: "What it would end (dry_run)"));
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(2, out var badCursor);
        var asked = query.CostCenter("under");
        if ((query.Problem() ?? badCursor ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var stored = await ledger.ListBudgetsAsync(under, after is null ? null : (after[0], after[1]), limit + 1, context.RequestAborted);
        var known = new Dictionary<string, Budget?>();
        var page = new List<BudgetResponse>(stored.Count);
        foreach (var budget in stored) page.Add(await answers.GatherAsync(budget, known, caller));
        return await context.AnswerAsync(Page.Of(page, limit, static b => b, static b => Cursors.Write(b.CostCenter, b.User ?? "")));
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        if (Target.Read(context, LeadingSegments, writes: false, out var target) is { } problem) return problem;
        if (caller.See(target.Path) is { } outside) return outside;
        if (await ledger.ReadBudgetAsync(target.Path, target.User, context.RequestAborted) is not { } stored) return await NoneAsync(target);
        return await answers.AnswerAsync(context, stored, StatusCodes.Status200OK, caller, []);
    }

    private async Task<Problem?> PutAsync(HttpContext context, ApiKey caller)
    {
        if (Target.Read(context, LeadingSegments, writes: true, out var target) is { } problem) return problem;
        if ((caller.Change(target.Path) ?? writes.OldName(target.Path)) is { } outside) return outside;
        var draft = new BudgetDraft(Budget.Empty);
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, parts.Bodies, draft, BudgetReader.Read, faults) is { } unreadable) return unreadable;
        draft.Check(target.CostCenter, target.User, faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if ((faults.ToProblem() ?? TenantProblem(target.CostCenter, draft, caller)) is { } refused) return refused;
        var precondition = Preconditions.Of(context);
        var before = await ledger.ReadBudgetAsync(target.Path, target.User, CancellationToken.None);
        if (target.DryRun) return precondition.Holds(before) ? await TellAsync(context, target, before, draft, caller) : Mismatch;
        var told = await WarningsAsync(target, before, draft, caller);
        var written = await WriteAsync(target, draft, precondition, AdminRequest.ContextOf(caller, parts.Clock, reason));
        return await AnswerAsync(context, target, written, caller, told);
    }

    private async Task<Problem?> PatchAsync(HttpContext context, ApiKey caller)
    {
        if (Target.Read(context, LeadingSegments, writes: true, out var target) is { } problem) return problem;
        if ((caller.Change(target.Path) ?? writes.OldName(target.Path)) is { } outside) return outside;
        var asked = Preconditions.Of(context);
        var body = await JsonBody.OpenAsync(context, parts.Bodies);
        if (body.Problem is not null) return body.Problem;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (await ledger.ReadBudgetAsync(target.Path, target.User, CancellationToken.None) is not { } stored) return await NoneAsync(target);
                if (!Preconditions.Holds(asked, stored.Version)) return Mismatch;
                var draft = new BudgetDraft(stored.Budget);
                if (ReadPatch(context, body, target, draft, caller, out var reason) is { } refused) return refused;
                if (target.DryRun) return await TellAsync(context, target, stored, draft, caller);
                var told = await WarningsAsync(target, stored, draft, caller);
                // The patch stands on what was read: if that has changed meanwhile it is read and patched again.
                var written = await WriteAsync(target, draft, new BudgetPrecondition([stored.Version], false), AdminRequest.ContextOf(caller, parts.Clock, reason));
                if (written.Status != BudgetWriteStatus.PreconditionFailed || attempt == MaxPatchAttempts) return await AnswerAsync(context, target, written, caller, told);
            }
        }
        finally
        {
            body.Release();
        }
    }

    private async Task<Problem?> DeleteAsync(HttpContext context, ApiKey caller)
    {
        if (Target.Read(context, LeadingSegments, writes: true, out var target) is { } problem) return problem;
        if (caller.Change(target.Path) is { } outside) return outside;
        var faults = new FaultList();
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (faults.ToProblem() is { } refused) return refused;
        if (target.DryRun)
        {
            if (await ledger.ReadBudgetAsync(target.Path, target.User, CancellationToken.None) is not { } ending) return await NoneAsync(target);
            if (!Preconditions.Of(context).Holds(ending)) return Mismatch;
            return await context.AnswerAsync(new BudgetEndResponse(target.Path, target.User, true, await changes.OfAsync(target, ending.Budget, null, caller)));
        }

        var deleted = await ledger.DeleteBudgetAsync(target.Path, target.User, Preconditions.Of(context), AdminRequest.ContextOf(caller, parts.Clock, reason), CancellationToken.None);
        if (deleted.Status == BudgetWriteStatus.NotFound) return await NoneAsync(target);
        if (deleted.Status == BudgetWriteStatus.PreconditionFailed) return Mismatch;
        await writes.PutInForceAsync(target.Path, target.User, BudgetWrites.Deleted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private Problem? ReadPatch(HttpContext context, in WholeBody body, in Target target, BudgetDraft draft, ApiKey caller, out string? reason)
    {
        reason = null;
        var faults = new FaultList();
        if (JsonBody.Read(context, body, draft, BudgetReader.Read, faults) is { } unreadable) return unreadable;
        draft.Check(target.CostCenter, target.User, faults);
        reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        return faults.ToProblem() ?? TenantProblem(target.CostCenter, draft, caller);
    }

    private Task<BudgetWriteResult> WriteAsync(in Target target, BudgetDraft draft, BudgetPrecondition precondition, AdminContext admin)
    {
        var path = target.Path;
        Func<TenantSettings?, TenantSettings?>? tenant = target.CostCenter.IsTenant && target.User is null ? current => draft.Tenant.ApplyTo(current, path, admin.At) : null;
        // No token: once begun, a write is finished and put in force whatever becomes of its caller.
        return ledger.PutBudgetAsync(target.Path, target.User, draft.ToBudget(), tenant, precondition, admin, CancellationToken.None);
    }

    /// <summary>The answer of a write that is not done.</summary>
    private async Task<Problem?> TellAsync(HttpContext context, Target target, StoredBudget? before, BudgetDraft draft, ApiKey caller)
    {
        var becomes = new StoredBudget(target.Path, target.User, draft.ToBudget(), 0, parts.Clock.GetUtcNow(), caller.Id);
        var answer = await answers.GatherAsync(becomes, [], caller, TenantAfter(target, draft));
        return await context.AnswerAsync(answer with { DryRun = true, Warnings = [.. answer.Warnings, .. await WarningsAsync(target, before, draft, caller)] });
    }

    private async Task<IReadOnlyList<string>> WarningsAsync(Target target, StoredBudget? before, BudgetDraft draft, ApiKey caller)
    {
        var told = await changes.OfAsync(target, before?.Budget, draft.ToBudget(), caller);
        if (TenantAfter(target, draft) is not { } after || parts.Catalog.Current.Policies.TenantOf(target.Path) is not { } tenant) return told;
        return changes.OfZone(tenant, after) is { } zone ? [.. told, zone] : told;
    }

    /// <summary>The tenant's fields as a write would leave them; null: it is none of a tenant.</summary>
    private TenantSettings? TenantAfter(in Target target, BudgetDraft draft)
    {
        if (!target.CostCenter.IsTenant || target.User is not null) return null;
        var current = parts.Catalog.Current.Policies.TenantOf(target.Path);
        return draft.Tenant.ApplyTo(current, target.Path, parts.Clock.GetUtcNow()) ?? current ?? TenantSettings.New(target.Path);
    }

    private async Task<Problem?> AnswerAsync(HttpContext context, Target target, BudgetWriteResult written, ApiKey caller, IEnumerable<string> told)
    {
        if (written.Status == BudgetWriteStatus.PreconditionFailed) return Mismatch;
        if (written.Status is not (BudgetWriteStatus.Created or BudgetWriteStatus.Replaced)) throw new InvalidOperationException($"A budget's write ended as {written.Status}.");
        await writes.PutInForceAsync(target.Path, target.User, BudgetWrites.Put);
        return await answers.AnswerAsync(context, written.Budget!, written.Status == BudgetWriteStatus.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, caller, told);
    }

    /// <summary>Tenants are made, and their fields set, with a key for the whole installation only.</summary>
    private Problem? TenantProblem(CostCenterId costCenter, BudgetDraft draft, ApiKey caller)
    {
        if (caller.IsWholeInstallation) return null;
        if (draft.Tenant.Sent.Count > 0) return Problem.WholeInstallation;
        return parts.Catalog.Current.Policies.TenantOf(costCenter.Path) is null
            ? new Problem(ApiCode.UnknownCostCenter, $"There is no tenant '{costCenter.Tenant}'; a key for the whole installation makes one.")
            : null;
    }

    private async Task<Problem> NoneAsync(Target target) => await costCenters.ExistsAsync(target.Path, CancellationToken.None)
        ? new Problem(ApiCode.NoBudget, target.User is null ? $"No budget is set on '{target.Path}'." : $"No budget is set for user '{target.User}' on '{target.Path}'.")
        : new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{target.Path}'.");

    private static readonly Problem Mismatch = new(ApiCode.ETagMismatch, "The budget is not in the state that If-Match or If-None-Match asks for.");
}
