using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.CostCenters;

/// <summary>Cost centers with their circuit breakers, from the live grains of their whole paths.</summary>
internal sealed class Breakers(LiveNodes nodes, ILedgerSpend ledger)
{
    /// <summary>Views, breakers and all pauses that touch them, in the order of the paths.</summary>
    /// <param name="visibleDepth">Segments of the caller's subtree; of nodes above it only what a denial tells is told.</param>
    public async Task<IReadOnlyList<(NodeView View, Breaker Breaker, IReadOnlyList<Pause> Pauses)>> ViewAsync(IReadOnlyList<string> paths, int maxReservations, int visibleDepth)
    {
        var views = await nodes.ViewPathsAsync(paths, maxReservations);
        var open = paths.Select(path => FirstOpen(path, views)).ToList();
        var since = await SinceAsync(open, visibleDepth);
        return [.. paths.Select((path, i) => (views[path], BreakerOf(open[i], since, visibleDepth), PausesOf(path, views)))];
    }

    /// <summary>What is open at the node itself, whatever is above it.</summary>
    public async Task<IReadOnlyList<(NodeView View, Breaker Breaker)>> OwnAsync(IReadOnlyList<string> paths)
    {
        var views = await nodes.ViewPathsAsync(paths, 0);
        var open = paths.Select(path => OpenAt(path, views)).ToList();
        var since = await SinceAsync(open, 0);
        return [.. paths.Select((path, i) => (views[path], BreakerOf(open[i], since, 0)))];
    }

    /// <summary>Of users and models, too: of the cost center and of all above it, leaf to root.</summary>
    private static IReadOnlyList<Pause> PausesOf(string path, IReadOnlyDictionary<string, NodeView> views) =>
        [.. CostCenterId.SelfAndAncestors(path).SelectMany(node => views[node].Pauses.Select(p => new Pause(node, p.User, p.Model, p.Until, p.Reason, p.By, p.At)))];

    private static Cause? FirstOpen(string path, IReadOnlyDictionary<string, NodeView> views)
    {
        foreach (var node in CostCenterId.SelfAndAncestors(path))
        {
            if (OpenAt(node, views) is { } cause) return cause;
        }

        return null;
    }

    /// <summary>A pause of the whole subtree before a spent limit, as in a decision; of several spent windows the one that resets last.</summary>
    private static Cause? OpenAt(string node, IReadOnlyDictionary<string, NodeView> views)
    {
        foreach (var pause in views[node].Pauses)
        {
            if (pause is { User: null, Model: null }) return new Cause(node, pause, null);
        }

        WindowState? last = null;
        foreach (var window in Windows(node, views))
        {
            if (window.Soft || window.Spent < window.Limit) continue;
            if (last is null || ResetOf(window) > ResetOf(last)) last = window;
        }

        return last is null ? null : new Cause(node, null, last);
    }

    /// <summary>Its own limited windows, and those that its parent's <c>per_child</c> sets it.</summary>
    private static IEnumerable<WindowState> Windows(string node, IReadOnlyDictionary<string, NodeView> views) =>
        CostCenterId.ParentOf(node) is { } parent && views[parent].ChildWindows is { IsDefaultOrEmpty: false } ofChildren
            ? views[node].Windows.Concat(ofChildren.Where(w => w.CostCenter == node))
            : views[node].Windows;

    private static DateOnly ResetOf(WindowState window) => Window.DateAfter((Period)window.Period, window.Window) ?? DateOnly.MaxValue;

    private Breaker BreakerOf(Cause? open, IReadOnlyList<SpentSince> since, int visibleDepth)
    {
        if (open is null) return Breaker.Closed;
        var hidden = IsHidden(open, visibleDepth);
        if (open.Pause is { } pause) return new Breaker(Breaker.Paused, open.CostCenter, null, null, hidden ? null : pause.At, pause.Until);
        var window = open.Window!;
        var spent = since.FirstOrDefault(s => s.CostCenter == open.CostCenter && (byte)s.Period == window.Period && s.Window == window.Window);
        return new Breaker(Breaker.BudgetExceeded, open.CostCenter, null, (Period)window.Period, hidden ? null : spent?.Since, nodes.WindowOf(window, 0).ResetsAt);
    }

    /// <summary>When the limits that are spent became so, in one query; none is asked while all breakers are closed.</summary>
    private async Task<IReadOnlyList<SpentSince>> SinceAsync(IEnumerable<Cause?> open, int visibleDepth)
    {
        var spent = open.Where(c => c?.Window is not null && !IsHidden(c, visibleDepth)).Select(c => c!.CostCenter).Distinct(StringComparer.Ordinal).ToList();
        return spent.Count == 0 ? [] : await ledger.ReadSpentSinceAsync(spent, CancellationToken.None);
    }

    private static bool IsHidden(Cause cause, int visibleDepth) => CostCenterId.DepthOf(cause.CostCenter) < visibleDepth;

    /// <summary>Why a breaker is open: a pause or a spent window.</summary>
    private sealed record Cause(string CostCenter, PauseView? Pause, WindowState? Window);
}
