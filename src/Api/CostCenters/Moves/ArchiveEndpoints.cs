using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary><c>/v1/archive</c> and <c>/v1/unarchive</c>: a cost center that is over leaves the lists, and denies every check.</summary>
internal sealed class ArchiveEndpoints(Gate gate, ILedgerMoves ledger, ILedgerCostCenters costCenters, Catalog catalog, LiveNodes nodes, TimeProvider clock, BodyReader bodies) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/archive", gate.Guard(Scopes.Admin, ArchiveAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "Archive a cost center with all below it", "Scope: admin.").Takes(Parameter.Reason).Reads<ArchiveRequest>()
                .Shows("""{ "cost_center": "acme/engineering/search", "reason": "the project is over" }""").Gives<ArchiveResponse>());
        routes.MapPost("/v1/unarchive", gate.Guard(Scopes.Admin, UnarchiveAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "End that", "Scope: admin.").Takes(Parameter.Reason).Reads<ArchiveRequest>()
                .Shows("""{ "cost_center": "acme/engineering/search", "reason": "it goes on" }""").Gives<ArchiveResponse>());
    }

    private async Task<Problem?> ArchiveAsync(HttpContext context, ApiKey caller)
    {
        var (path, reason, problem) = await ReadAsync(context, caller);
        if (problem is not null) return problem;
        var changed = await ledger.ArchiveAsync(path, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
        await nodes.RefreshAsync(path, null);
        return await context.AnswerAsync(new ArchiveResponse(path, true, changed));
    }

    private async Task<Problem?> UnarchiveAsync(HttpContext context, ApiKey caller)
    {
        var (path, reason, problem) = await ReadAsync(context, caller);
        if (problem is not null) return problem;
        if (catalog.Current.Policies.Aliases.Find(path) is { } alias)
        {
            return new Problem(ApiCode.CostCenterMoved, $"'{path}' is an old name of '{catalog.Current.Policies.Aliases.BookedAt(path)}' until {TimeText.Of(alias.Until)}; it cannot be used for anything else.");
        }

        var changed = await ledger.UnarchiveAsync(path, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
        await nodes.RefreshAsync(path, null);
        return await context.AnswerAsync(new ArchiveResponse(path, false, changed));
    }

    private async Task<(string Path, string? Reason, Problem? Problem)> ReadAsync(HttpContext context, ApiKey caller)
    {
        var draft = new ArchiveDraft();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, bodies, draft, ArchiveDraft.Read, faults) is { } unreadable) return ("", null, unreadable);
        draft.Check(faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (faults.ToProblem() is { } problem) return ("", null, problem);
        var path = draft.CostCenter!.Value.Path;
        if (caller.Change(path) is { } outside) return (path, reason, outside);
        if (await costCenters.ExistsAsync(path, CancellationToken.None)) return (path, reason, null);
        return (path, reason, new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{path}'."));
    }
}
