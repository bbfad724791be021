using System.Collections.Immutable;
using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.CostCenters;

/// <summary>What the grains of cost centers tell people, and their order to read again after a write.</summary>
internal sealed class LiveNodes(IGrainFactory grains, Catalog catalog, TimeProvider clock)
{
    /// <summary>Grains asked at the same time for one list.</summary>
    public const int MaxConcurrentViews = 16;

    public Task<NodeView> ViewAsync(string path, int maxReservations) => ViewAsync(path, maxReservations, []);

    /// <summary>Views in the order of the paths, a few at a time.</summary>
    public async Task<NodeView[]> ViewAllAsync(IReadOnlyList<string> paths)
    {
        var views = new NodeView[paths.Count];
        for (var i = 0; i < paths.Count; i += MaxConcurrentViews)
        {
            var wave = Enumerable.Range(i, Math.Min(MaxConcurrentViews, paths.Count - i)).Select(k => ViewAsync(paths[k], 0));
            (await Task.WhenAll(wave)).CopyTo(views, i);
        }

        return views;
    }

    /// <summary>Whether anything is open at any of these cost centers; a few are asked at a time, until one has something.</summary>
    public async Task<bool> AnyOpenAsync(IEnumerable<string> paths)
    {
        foreach (var wave in paths.Chunk(MaxConcurrentViews))
        {
            if ((await Task.WhenAll(wave.Select(p => ViewAsync(p, 0)))).Any(v => v.Open > 0)) return true;
        }

        return false;
    }

    /// <summary>
    /// Views of these cost centers and of all above them, by path, a few at a time. Of each the windows are there too that its parent's <c>per_child</c> sets it.
    /// </summary>
    /// <param name="maxReservations">Of the cost centers that were asked for.</param>
    public async Task<IReadOnlyDictionary<string, NodeView>> ViewPathsAsync(IReadOnlyList<string> paths, int maxReservations)
    {
        var all = paths.SelectMany(CostCenterId.SelfAndAncestors).Distinct(StringComparer.Ordinal).ToList();
        var children = all.Where(p => CostCenterId.ParentOf(p) is not null).ToLookup(p => CostCenterId.ParentOf(p)!, StringComparer.Ordinal);
        var asked = paths.ToHashSet(StringComparer.Ordinal);
        var views = new Dictionary<string, NodeView>(all.Count, StringComparer.Ordinal);
        foreach (var wave in all.Chunk(MaxConcurrentViews))
        {
            var found = await Task.WhenAll(wave.Select(p => ViewAsync(p, asked.Contains(p) ? maxReservations : 0, [.. children[p]])));
            for (var i = 0; i < wave.Length; i++) views.Add(wave[i], found[i]);
        }

        return views;
    }

    /// <summary>
    /// Puts an administrative write in force before it is answered: the catalog of this process, the cost center, and its parent, whose <c>per_child</c>
    /// depends on whether the child has a budget of its own.
    /// </summary>
    public async Task RefreshAsync(string path, string? user)
    {
        await catalog.RefreshAsync(CancellationToken.None);
        await RefreshNodeAsync(path, new RefreshRequest(user, null));
        if (CostCenterId.ParentOf(path) is { } parent) await RefreshNodeAsync(parent, new RefreshRequest(null, path));
    }

    /// <summary>Makes cost centers read again whatever may have changed, users' and children's accounts too, a few at a time. When it returns, all of them know it.</summary>
    public async Task RefreshAllAsync(IReadOnlyList<string> paths)
    {
        foreach (var wave in paths.Chunk(MaxConcurrentViews)) await Task.WhenAll(wave.Select(p => RefreshNodeAsync(p, new RefreshRequest(null, null, Sides: true))));
    }

    public WindowView WindowOf(WindowState state, int visibleDepth)
    {
        var period = (Period)state.Period;
        var calendar = CalendarOf(state.CostCenter);
        return new WindowView(
            state.CostCenter, state.User, period, new Money(state.Limit), new Money(state.Spent), new Money(state.Held), state.Status,
            calendar.EndOf(period, state.Window), CostCenterId.DepthOf(state.CostCenter) < visibleDepth);
    }

    public IReadOnlyList<WindowView> WindowsOf(NodeView view) => [.. view.Windows.Select(w => WindowOf(w, 0))];

    public TenantCalendar CalendarOf(string path) => catalog.Current.Policies.TenantOf(path)?.Calendar ?? TenantCalendar.Utc;

    public DateOnly TodayOf(string path) => CalendarOf(path).DateOf(clock.GetUtcNow());

    private Task<NodeView> ViewAsync(string path, int maxReservations, ImmutableArray<string> children) =>
        CallAsync(path, grain => grain.View(new ViewRequest(maxReservations) { Children = children }));

    private Task<bool> RefreshNodeAsync(string path, RefreshRequest request) => CallAsync(path, async grain =>
    {
        await grain.Refresh(request);
        return true;
    });

    /// <summary>A call that the cluster lost is repeated once; then the node counts as out of reach.</summary>
    private async Task<T> CallAsync<T>(string path, Func<ICostCenterGrain, Task<T>> call)
    {
        var grain = grains.GetGrain<ICostCenterGrain>(path);
        try
        {
            return await call(grain);
        }
        catch (Exception first) when (first is OrleansException or TimeoutException)
        {
            // Safe to repeat: a view changes nothing, and reading again twice is reading again.
        }

        try
        {
            return await call(grain);
        }
        catch (Exception second) when (second is OrleansException or TimeoutException)
        {
            throw new LedgerUnavailableException($"The cost center '{path}' does not answer.", second);
        }
    }
}
