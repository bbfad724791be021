using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Nodes;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Budgets;

/// <summary>Gathers answers about budgets: with a stored budget the increases, the pause and the warnings beside it.</summary>
internal sealed class BudgetAnswers(ILedgerBudgets budgets, INodeReader nodes, Catalog catalog, Resolution resolution, TimeProvider clock)
{
    public static string ETagOf(StoredBudget stored) => $"\"{stored.Version}\"";

    /// <param name="becomes">Of a tenant that has not been written: its fields as they would be.</param>
    public async Task<BudgetResponse> GatherAsync(StoredBudget stored, Dictionary<string, Budget?> known, ApiKey caller, TenantSettings? becomes = null)
    {
        var now = clock.GetUtcNow();
        var path = stored.CostCenter;
        var node = (await nodes.ReadNodesAsync([path], DateOnly.MaxValue, now, CancellationToken.None))[0];
        var increases = stored.User is { } user
            ? (await nodes.ReadUserAsync(path, user, DateOnly.MaxValue, CancellationToken.None)).Increases
            : node.Increases;
        // Users' and models' pauses of a cost center are its pauses too; the one of this budget's own subject is told here.
        var paused = node.Pauses.FirstOrDefault(p => p.User == stored.User && p.Model is null && (p.Until is null || p.Until > now));
        var tenant = stored.User is null && !path.Contains('/') ? becomes ?? catalog.Current.Policies.TenantOf(path) : null;
        return new BudgetResponse(
            path, stored.User, BudgetSettings.Of(stored.Budget, tenant), [.. increases.Where(i => i.Until > now).Select(IncreaseResponse.Of)],
            paused is null ? null : PauseResponse.Of(paused), await WarningsAsync(stored, known, caller), stored.UpdatedAt, stored.UpdatedBy);
    }

    public async Task<Problem?> AnswerAsync(HttpContext context, StoredBudget stored, int status, ApiKey caller, IEnumerable<string> changes)
    {
        var answer = await GatherAsync(stored, [], caller);
        answer = answer with { Warnings = [.. answer.Warnings, .. changes] };
        context.Response.Headers.ETag = ETagOf(stored);
        return await context.AnswerAsync(answer, status);
    }

    /// <summary>
    /// Limits above those of an ancestor, which will deny first; and rules that find nothing to apply. Ancestors above the caller's subtree give no warning: that there is one would
    /// tell, limit after limit, what theirs is.
    /// </summary>
    private async Task<IReadOnlyList<string>> WarningsAsync(StoredBudget stored, Dictionary<string, Budget?> known, ApiKey caller)
    {
        var warnings = new List<string>();
        var own = stored.Budget.Own.Limits;
        // The budget of one user is a part of its own cost center.
        var above = stored.User is null ? CostCenterId.ParentOf(stored.CostCenter) : stored.CostCenter;
        for (; above is not null && own.Any && caller.Subtree.Contains(above); above = CostCenterId.ParentOf(above))
        {
            if (!known.TryGetValue(above, out var budget)) known[above] = budget = (await budgets.ReadBudgetAsync(above, null, CancellationToken.None))?.Budget;
            if (budget is null) continue;
            foreach (var period in Window.Periods)
            {
                if (own[period] is { } limit && budget.Own.Limits[period] is { } upper && limit > upper)
                {
                    warnings.Add($"{Words.Periods.Of(period)}: the limit {resolution.ToText(limit)} is above the limit {resolution.ToText(upper)} of {above}, which denies first");
                }
            }
        }

        if (stored.Budget.Inherited is { UnknownModel: UnknownModelRule.DefaultPrice, DefaultPrice: null }
            && catalog.Current.Policies.PolicyOf(stored.CostCenter).DefaultPrice is null)
        {
            warnings.Add("unknown_model is default_price, but no default_price is set here or above: unknown models are denied");
        }

        return warnings;
    }
}
