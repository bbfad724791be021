using System.Security.Cryptography;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Repricing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary><c>/v1/prices/reprice</c>: jobs that rate usage again. A key sees those of its subtree; others are as unknown as none.</summary>
internal sealed class RepriceEndpoints(Gate gate, ILedgerRepricing ledger, TimeProvider clock, BodyReader bodies) : IEndpoints
{
    private const int IdBytes = 12;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/prices/reprice", gate.Guard(Scopes.Admin, CreateAsync))
            .WithMetadata(new Operation(Tags.Prices, "Rate a range of usage again, as a job", "Scope: admin.").Takes(Parameter.Reason).Reads<RepriceRequest>()
                .Gives<RepriceResponse>(StatusCodes.Status202Accepted, "It waits or runs"));
        routes.MapGet("/v1/prices/reprice", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Prices, "Jobs that rate usage again, newest first", "Scope: read.").Takes(Parameter.Limit).Gives<PageResponse<RepriceResponse>>());
        routes.MapGet("/v1/prices/reprice/{id}", gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Prices, "One such job", "Scope: read.").Gives<RepriceResponse>());
        routes.MapPost("/v1/prices/reprice/{id}/cancel", gate.Guard(Scopes.Admin, CancelAsync))
            .WithMetadata(new Operation(Tags.Prices, "End a job after the rows that are under way", "Scope: admin. What it has booked stays.").Takes(Parameter.Reason)
                .Gives<RepriceResponse>(StatusCodes.Status202Accepted, "It ends"));
    }

    private async Task<Problem?> CreateAsync(HttpContext context, ApiKey caller)
    {
        var draft = new RepriceDraft();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, bodies, draft, RepriceDraft.Read, faults) is { } unreadable) return unreadable;
        draft.Check(faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (caller.Under(draft.CostCenter, out var under) is { } outside) return outside;
        var now = clock.GetUtcNow();
        var id = "rpr_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var job = new RepriceJob(id, draft.ToOrder(under, reason), RepriceState.Open, now, caller.Id, RowPosition.Start, new RepriceTally(), 0, false, null, null);
        var claim = new ShareClaim(caller.Subtree.CostCenter, ILedgerRepricing.Shares);
        if (!await ledger.CreateRepriceAsync(job, claim, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None))
        {
            return new Problem(
                caller.IsWholeInstallation ? ApiCode.Overloaded : ApiCode.QuotaExceeded, $"Too many jobs wait already. {claim.Shares.Describe(claim.Within)}");
        }

        return await context.AnswerAsync(RepriceResponse.Of(job), StatusCodes.Status202Accepted);
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        if (query.Problem() is { } problem) return problem;
        var jobs = await ledger.ListRepricesAsync(caller.Subtree.CostCenter, limit, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(jobs, limit, RepriceResponse.Of, static _ => ""));
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        if (new QueryReader(context, new FaultList()).Problem() is { } problem) return problem;
        return await FindAsync(context, caller) is { } job ? await context.AnswerAsync(RepriceResponse.Of(job)) : Unknown;
    }

    private async Task<Problem?> CancelAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (new QueryReader(context, faults).Problem() is { } problem) return problem;
        if (await FindAsync(context, caller) is not { } job) return Unknown;
        if (!await ledger.CancelRepriceAsync(job.Id, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None)) return new Problem(ApiCode.JobEnded, "The job has ended.");
        return await context.AnswerAsync(RepriceResponse.Of(job with { CancelAsked = true }), StatusCodes.Status202Accepted);
    }

    private async Task<RepriceJob?> FindAsync(HttpContext context, ApiKey caller)
    {
        var id = (string?)context.Request.RouteValues["id"];
        if (TextRules.FaultOf(id, TextRules.MaxName) is not null) return null;
        var job = await ledger.FindRepriceAsync(id!, context.RequestAborted);
        var isSeen = caller.IsWholeInstallation || (job?.Order.CostCenter is { } of && caller.Subtree.Contains(of));
        return isSeen ? job : null;
    }

    private static readonly Problem Unknown = new(ApiCode.UnknownJob, "There is no job with this id.");
}
