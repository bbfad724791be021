using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.CostCenters;

/// <summary>
/// Cost centers by utilization, highest first: those with limits by the highest of their windows, computed from the ledger; then those without, by path.
/// Holds and the last second of spend are not in the order; the items themselves come from the live grains.
/// </summary>
internal sealed class UtilizationOrder(ILedgerCostCenters ledger, INodeReader reader, LiveNodes nodes, TimeProvider clock)
{
    private const int ReadAtOnce = 500;

    /// <summary>A page beyond it would sort more than a person can read; a narrower <c>under</c> reaches the rest.</summary>
    private const int MaxSorted = 20_000;

    /// <param name="after">The last path of the page before.</param>
    public async Task<IReadOnlyList<string>> PageAsync(string? under, string? after, int count, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var all = new List<(string Path, decimal Utilization)>();
        string? last = null;
        while (all.Count < MaxSorted)
        {
            var summaries = await ledger.ListCostCentersAsync(under, last, ReadAtOnce, nodes.TodayOf, cancellationToken);
            if (summaries.Count == 0) break;
            last = summaries[^1].CostCenter;
            var paths = summaries.Select(s => s.CostCenter).ToList();
            // The first of the month or Monday, whichever is earlier, is at most 31 days back in any zone.
            var states = await reader.ReadNodesAsync(paths, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-33), now, cancellationToken);
            foreach (var state in states) all.Add((state.CostCenter, UtilizationOf(state, now)));
        }

        var sorted = all.OrderByDescending(c => c.Utilization).ThenBy(c => c.Path, StringComparer.Ordinal).Select(c => c.Path).ToList();
        // The order moves while a person pages: after the item that was last, wherever it stands now.
        return [.. sorted.Skip(after is null ? 0 : sorted.IndexOf(after) + 1).Take(count)];
    }

    private decimal UtilizationOf(NodeState state, DateTimeOffset now)
    {
        if (state.Budget is not { } budget || !budget.Own.Limits.Any) return -1;
        var account = new LimitedAccount(AccountKind.Node, state.CostCenter);
        account.SetBudget(budget.Own, state.Increases);
        foreach (var day in state.Days) account.Balances.SetDay(day.Date, day.Balance);
        foreach (var month in state.Months) account.Balances.SetMonth(month.Date, month.Balance);
        var today = nodes.TodayOf(state.CostCenter);
        var highest = -1m;
        foreach (var period in Window.Periods)
        {
            if (account.Figures(budget.Own, period, today, now) is { Limit.IsPositive: true } figures)
            {
                highest = Math.Max(highest, (decimal)figures.Spent.Nanos / figures.Limit.Nanos);
            }
        }

        return highest;
    }
}
