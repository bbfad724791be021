using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Api.Events;

/// <summary>Looks at cost centers that have changed: tells their spend, and their breakers that have opened or closed.</summary>
internal sealed class BreakerFollower(EventHub hub, SpendWatch watch, Breakers breakers, LiveNodes nodes, TimeProvider clock)
{
    private readonly Dictionary<string, Breaker> _open = new(StringComparer.Ordinal);
    private DateTimeOffset _openAgainAt;

    public void Forget()
    {
        watch.Take(int.MaxValue);
        _open.Clear();
    }

    /// <summary>One round.</summary>
    public async Task RoundAsync()
    {
        var now = clock.GetUtcNow();
        var changed = watch.Take(EventLimits.MaxLookedAt).ToDictionary(c => c.Path, c => c.Spent, StringComparer.Ordinal);
        var all = now >= _openAgainAt;
        if (all) _openAgainAt = now + EventLimits.OpenInterval;
        foreach (var (path, breaker) in _open)
        {
            if (all || breaker.Until <= now) changed.TryAdd(path, false);
        }

        if (changed.Count == 0) return;
        var paths = changed.Keys.ToList();
        IReadOnlyList<(NodeView View, Breaker Breaker)> seen;
        try
        {
            seen = await breakers.OwnAsync(paths);
        }
        catch (Exception)
        {
            watch.PutBack(changed);
            throw;
        }

        for (var i = 0; i < paths.Count; i++) Publish(paths[i], changed[paths[i]], seen[i].View, seen[i].Breaker, now);
    }

    private void Publish(string path, bool spent, NodeView view, Breaker breaker, DateTimeOffset now)
    {
        if (spent) hub.Publish(new EventDraft(EventKind.Spend, path, EventDraft.Json(hub.Resolution, SpendOf(path, view, now))));
        var before = _open.GetValueOrDefault(path, Breaker.Closed);
        if (breaker.IsOpen && (_open.ContainsKey(path) || _open.Count < EventLimits.MaxOpen)) _open[path] = breaker;
        else _open.Remove(path);

        // Since when is known a little later; that alone is no news.
        if (before with { Since = null } == breaker with { Since = null }) return;
        hub.Publish(new EventDraft(EventKind.Budget, path, EventDraft.Json(hub.Resolution, new BreakerEvent(now, path, BreakerResponse.Of(breaker))))
        {
            DataBelow = EventDraft.Json(hub.Resolution, new BreakerEvent(now, path, BreakerResponse.Of(breaker with { Since = null }))),
        });
    }

    private SpendEvent SpendOf(string path, NodeView view, DateTimeOffset now)
    {
        var windows = nodes.WindowsOf(view);
        return new SpendEvent(now, path, Statuses.Worst(windows), new Money(view.SpentToday), new Money(view.SpentMonth), view.RequestsToday, WindowResponse.Of(windows));
    }
}
