using System.Security.Cryptography;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Moves;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary><c>POST /v1/cost-centers/{cost_center}/move</c> and <c>/v1/moves</c>: jobs that move cost centers. A key sees those that begin in its subtree; others are as unknown as none.</summary>
internal sealed class MoveEndpoints(Gate gate, ILedgerMoves ledger, MovePreview preview, LiveNodes nodes, TimeProvider clock, BodyReader bodies) : IEndpoints
{
    private const string Suffix = "/move";
    private const int IdBytes = 12;

    private static readonly Problem _unknown = new(ApiCode.UnknownJob, "There is no move with this id.");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/cost-centers/{**cost_center}", gate.Guard(Scopes.Admin, MoveAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "Move, rename or merge a cost center with all below it, as a job", "Scope: admin. The address ends with /move, after the name.")
                .Takes(Parameter.Reason).Reads<MoveRequest>().Gives<MoveResponse>(StatusCodes.Status200OK, "Of a dry run")
                .Gives<MoveResponse>(StatusCodes.Status202Accepted, "It waits until what is open there has ended"));
        routes.MapGet("/v1/moves", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "Moves, newest first", "Scope: read.").Takes(Parameter.Limit).Gives<PageResponse<MoveResponse>>());
        routes.MapGet("/v1/moves/{id}", gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "One move", "Scope: read.").Gives<MoveResponse>());
        routes.MapPost("/v1/moves/{id}/cancel", gate.Guard(Scopes.Admin, CancelAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "End a move that is draining", "Scope: admin. Nothing was moved.").Takes(Parameter.Reason).Gives<MoveResponse>());
    }

    private async Task<Problem?> MoveAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        if (PathOf(context, faults) is not { } from) return new Problem(ApiCode.NotFound, "Of a cost center only /move can be posted to.");
        var draft = new MoveDraft();
        if (await JsonBody.ReadAsync(context, bodies, draft, MoveDraft.Read, faults) is { } unreadable) return unreadable;
        draft.Check(faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        var to = draft.To!.Value.Path;
        if ((caller.Change(from) ?? caller.Change(to)) is { } outside) return outside;
        var id = "mov_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var job = new MoveJob(id, new CostCenterMove(from, to), draft.KeepsHistory, reason, MoveState.Draining, clock.GetUtcNow(), caller.Id, 0, 0, 0, null, null);
        var claim = new ShareClaim(caller.Subtree.CostCenter, CostCenterAliases.Shares);
        if (draft.DryRun)
        {
            var (extent, refusal) = await preview.ReadAsync(job, claim, context.RequestAborted);
            return refusal is null ? await context.AnswerAsync(MoveResponse.Of(job, null, extent)) : Refused(refusal, caller);
        }

        if (await ledger.CreateMoveAsync(job, claim, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None) is { } why) return Refused(why, caller);
        await nodes.RefreshAsync(from, null);
        return await context.AnswerAsync(MoveResponse.Of(job), StatusCodes.Status202Accepted);
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        if (query.Problem() is { } problem) return problem;
        var jobs = await ledger.ListMovesAsync(caller.Subtree.CostCenter, limit, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(jobs, limit, MoveResponse.Of, static _ => ""));
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        if (new QueryReader(context, new FaultList()).Problem() is { } problem) return problem;
        if (await FindAsync(context, caller) is not { } job) return _unknown;
        int? open = job.State == MoveState.Draining ? (await nodes.ViewAsync(job.Move.From, 0)).Open : null;
        return await context.AnswerAsync(MoveResponse.Of(job, open, null));
    }

    private async Task<Problem?> CancelAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (await FindAsync(context, caller) is not { } job || caller.Change(job.Move.From) is not null) return _unknown;
        var isCancelled = await ledger.CancelMoveAsync(job.Id, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
        // Whoever asks again because the first answer did not come has a cancelled move in force with this one.
        await nodes.RefreshAsync(job.Move.From, null);
        if (!isCancelled) return new Problem(ApiCode.JobEnded, "It is moved already, or has ended: only a move that is draining can be cancelled.");
        return await context.AnswerAsync(MoveResponse.Of((await ledger.FindMoveAsync(job.Id, CancellationToken.None))!));
    }

    private async Task<MoveJob?> FindAsync(HttpContext context, ApiKey caller)
    {
        var id = (string?)context.Request.RouteValues["id"];
        if (TextRules.FaultOf(id, TextRules.MaxName) is not null) return null;
        return await ledger.FindMoveAsync(id!, context.RequestAborted) is { } job && caller.See(job.Move.From) is null ? job : null;
    }

    private static Problem Refused(MoveRefusal refusal, ApiKey caller)
    {
        var detail = $"It cannot be moved: {refusal.Why}.";
        if (!refusal.IsShare) return new Problem(ApiCode.MoveRefused, detail);
        return new Problem(caller.IsWholeInstallation ? ApiCode.NotStorable : ApiCode.QuotaExceeded, $"{detail} {CostCenterAliases.Shares.Describe(caller.Subtree.CostCenter)}");
    }

    /// <summary>The cost center before the suffix; null: there is no such suffix.</summary>
    private static string? PathOf(HttpContext context, FaultList faults)
    {
        var text = RawTarget.TailOf(context, 2, out var fault);
        if (fault is null && text?.EndsWith(Suffix, StringComparison.Ordinal) != true) return null;
        if (fault is null && CostCenterId.TryParse(text![..^Suffix.Length], out var id, out fault)) return id.Path;
        faults.Add("cost_center", fault!);
        return "";
    }
}
