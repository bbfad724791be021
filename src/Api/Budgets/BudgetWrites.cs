using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Events;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Budgets;

/// <summary>Puts an administrative write about a budget in force, and tells those who listen.</summary>
internal sealed class BudgetWrites(LiveNodes nodes, EventHub hub, SpendWatch watch, Catalog catalog, TimeProvider clock)
{
    public const string Put = "budget.put";
    public const string Deleted = "budget.deleted";
    public const string Increased = "increase.put";
    public const string IncreaseEnded = "increase.deleted";
    public const string Paused = "paused";
    public const string Resumed = "resumed";

    /// <summary>A name that leads to another: what is set there would never act.</summary>
    public Problem? OldName(string path) => catalog.Current.Policies.Aliases.BookedAt(path) is var now && now != path
        ? new Problem(ApiCode.CostCenterMoved, new CostCenterMovedException(path, now).Message) : null;

    /// <summary>When it returns, the write is in force here.</summary>
    public async Task PutInForceAsync(string path, string? user, string change)
    {
        await nodes.RefreshAsync(path, user);
        if (!hub.IsActive) return;
        var now = clock.GetUtcNow();
        hub.Publish(new EventDraft(EventKind.Budget, path, EventDraft.Json(hub.Resolution, new BudgetChangeEvent(now, path, user, change))));
        watch.Touch(path);
    }
}
