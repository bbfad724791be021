using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Budgets;

/// <summary><c>GET /v1/pauses</c>: what is paused, and what of above touches it.</summary>
internal sealed class PauseList(Gate gate, ILedgerPauses ledger, KeyNames names, TimeProvider clock) : IEndpoints
{
    /// <summary>Pauses that the answer to a pause or its end lists.</summary>
    public const int MaxBeside = 100;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/pauses", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Pauses in force", "Scope: read.")
                .Takes(Parameter.CostCenter, Parameter.User, Parameter.Query("model"), Parameter.Limit, Parameter.Cursor).Gives<PageResponse<ActivePauseResponse>>());

    /// <summary>Those at, above and below a cost center.</summary>
    public async Task<IReadOnlyList<ActivePauseResponse>> BesideAsync(string path, ApiKey caller)
    {
        var found = await ledger.ListPausesAsync(FilterOf(path, null, null), null, MaxBeside, CancellationToken.None);
        var nameOf = names.For(caller);
        return [.. found.Select(p => ActivePauseResponse.Of(p, caller.Subtree.Depth, nameOf))];
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var (user, model) = (query.Text("user", TextRules.MaxUser), query.Text("model", TextRules.MaxModel));
        var cursor = query.Cursor(3, out var badCursor);
        var asked = query.CostCenter("cost_center");
        if ((query.Problem() ?? badCursor ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var after = cursor is null ? null : new Pause(cursor[0], NullIfEmpty(cursor[1]), NullIfEmpty(cursor[2]), null, null, "", default);
        var pauses = await ledger.ListPausesAsync(FilterOf(under, user, model), after, limit + 1, context.RequestAborted);
        var nameOf = names.For(caller);
        return await context.AnswerAsync(Page.Of(
            pauses, limit, p => ActivePauseResponse.Of(p, caller.Subtree.Depth, nameOf), static p => Cursors.Write(p.CostCenter, p.User ?? "", p.Model ?? "")));
    }

    private PauseFilter FilterOf(string? under, string? user, string? model) =>
        new(under, under is null ? [] : [.. CostCenterId.SelfAndAncestors(under).Skip(1)], user, model, clock.GetUtcNow());

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
