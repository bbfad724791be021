using BudgetEngine.Api.CostCenters;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>Reads cost centers as they stand: figures from the live grains, thresholds from the ledger.</summary>
internal sealed class CostCenterLines(LiveNodes nodes, Breakers breakers, INodeReader reader, TimeProvider clock)
{
    /// <summary>In the order of the paths.</summary>
    /// <param name="visibleDepth">Segments of the key's subtree; of nodes above it no amount is told.</param>
    public async Task<IReadOnlyList<CostCenterLine>> ReadAsync(IReadOnlyList<string> paths, int visibleDepth, CancellationToken cancellationToken)
    {
        if (paths.Count == 0) return [];
        var budgets = await BudgetsOfAsync(paths, cancellationToken);
        var seen = await breakers.ViewAsync(paths, 0, visibleDepth);
        return [.. paths.Select((path, i) => Of(path, seen[i].View, seen[i].Breaker, budgets, visibleDepth))];
    }

    public CostCenterLine Of(string path, NodeView view, Breaker breaker, IReadOnlyDictionary<string, Budget?> budgets, int visibleDepth)
    {
        var paused = view.Pauses.FirstOrDefault(p => p is { User: null, Model: null });
        return new CostCenterLine(
            path, [.. view.Windows.Select(w => WindowOf(w, view, budgets.GetValueOrDefault(path), visibleDepth))], paused?.By, paused?.At, paused?.Reason,
            breaker.IsOpen ? breaker.CostCenter : null, breaker.Reason, breaker.Since, new Money(view.SpentToday), new Money(view.SpentMonth), view.RequestsToday, view.Open, new Money(view.OpenAmount),
            ZoneOf(path));
    }

    /// <param name="view">Of the window's cost center.</param>
    /// <param name="budget">Of the window's cost center, for its thresholds; null: not known.</param>
    public WindowLine WindowOf(WindowState state, NodeView view, Budget? budget, int visibleDepth)
    {
        var (period, calendar) = ((Period)state.Period, nodes.CalendarOf(state.CostCenter));
        return new WindowLine(
            state.CostCenter, period, new Money(state.Limit), new Money(state.Spent), new Money(state.Held), StatusLook.Of(state.Status, state.Soft), state.Soft,
            CostCenterId.DepthOf(state.CostCenter) < visibleDepth, calendar.StartOfWindow(period, state.Window), calendar.EndOf(period, state.Window), clock.GetUtcNow(),
            budget is null ? [] : [.. budget.Own.Thresholds.Select(t => t.At)])
        {
            Recent = WindowForecastResponse.PaceOf(view),
        };
    }

    public async Task<IReadOnlyDictionary<string, Budget?>> BudgetsOfAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = await reader.ReadNodesAsync(paths, DateOnly.MaxValue, clock.GetUtcNow(), cancellationToken);
        return states.ToDictionary(s => s.CostCenter, s => s.Budget, StringComparer.Ordinal);
    }

    public TimeZoneInfo ZoneOf(string path) => TimeZoneInfo.FindSystemTimeZoneById(nodes.CalendarOf(path).ZoneAt(clock.GetUtcNow()));
}
