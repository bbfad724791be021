using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.CostCenters;

/// <summary>
/// Cost centers by utilization, highest first: those with limits by the highest of their windows, computed from the ledger; then those without, by path.
/// Holds and the last second of spend are not in the order; the items themselves come from the live grains. Many limits are put in order once for all who ask, behind their backs.
/// </summary>
internal sealed class UtilizationOrder(ILedgerCostCenters ledger, INodeReader reader, LiveNodes nodes, TimeProvider clock)
{
    private const int ReadAtOnce = 500;

    /// <summary>So few limits are read anew for each who asks.</summary>
    private const int Few = 500;

    /// <summary>A page beyond it would sort more than a person can read; a narrower <c>under</c> reaches the rest.</summary>
    private const int MaxSorted = 20_000;

    /// <summary>Monday, and the date of any zone, is at most so many days back.</summary>
    private const int DaysBack = 8;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>Older than that it is waited for.</summary>
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Task<Reading>? _reading;
    private Reading? _last;

    /// <param name="after">The last path of the page before.</param>
    public async Task<IReadOnlyList<string>> PageAsync(string? under, string? after, int count, CancellationToken cancellationToken)
    {
        var limited = await LimitedAsync(under, cancellationToken);
        // The order moves while a person pages: after the item that was last, wherever it stands now.
        var last = after is null ? -1 : limited.IndexOf(after);
        var page = after is null || last >= 0 ? limited.Skip(last + 1).Take(count).ToList() : [];
        if (page.Count == count) return page;
        var known = limited.ToHashSet(StringComparer.Ordinal);
        var path = last >= 0 ? null : after;
        while (page.Count < count)
        {
            var found = await ledger.ListCostCentersAsync(under, path, ReadAtOnce, nodes.TodayOf, cancellationToken);
            page.AddRange(found.Select(f => f.CostCenter).Where(c => !known.Contains(c)).Take(count - page.Count));
            if (found.Count < ReadAtOnce) break;
            path = found[^1].CostCenter;
        }

        return page;
    }

    private async Task<List<string>> LimitedAsync(string? under, CancellationToken cancellationToken)
    {
        var few = await ledger.ListBudgetedAsync(under, null, Few + 1, cancellationToken);
        if (few.Count <= Few) return await SortedAsync(few, cancellationToken);
        var all = await CurrentAsync();
        if (!all.IsWhole && under is not null) return await SortedAsync(await BudgetedAsync(under, cancellationToken), cancellationToken);
        return under is null ? all.Paths : all.Paths.FindAll(p => CostCenterId.IsWithin(p, under));
    }

    private async Task<Reading> CurrentAsync()
    {
        Task<Reading> reading;
        lock (_lock)
        {
            var last = _last;
            var now = clock.GetUtcNow();
            if (last is not null && now - last.At < Fresh) return last;
            reading = _reading ??= ReadAsync(now);
            if (last is not null && now - last.At < Usable) return last;
        }

        return await reading;
    }

    private async Task<Reading> ReadAsync(DateTimeOffset now)
    {
        // What follows is not waited for under the lock.
        await Task.Yield();
        try
        {
            var budgeted = await BudgetedAsync(null, CancellationToken.None);
            var read = new Reading(await SortedAsync(budgeted, CancellationToken.None), budgeted.Count < MaxSorted, now);
            lock (_lock) _last = read;
            return read;
        }
        finally
        {
            lock (_lock) _reading = null;
        }
    }

    private async Task<List<string>> BudgetedAsync(string? under, CancellationToken cancellationToken)
    {
        var all = new List<string>();
        while (all.Count < MaxSorted)
        {
            var found = await ledger.ListBudgetedAsync(under, all.Count == 0 ? null : all[^1], ReadAtOnce, cancellationToken);
            all.AddRange(found);
            if (found.Count < ReadAtOnce) break;
        }

        return all;
    }

    private async Task<List<string>> SortedAsync(IReadOnlyList<string> budgeted, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var all = new List<(string Path, decimal Utilization)>();
        foreach (var paths in budgeted.Chunk(ReadAtOnce))
        {
            var states = await reader.ReadNodesAsync(paths, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-DaysBack), now, cancellationToken);
            foreach (var state in states) all.Add((state.CostCenter, UtilizationOf(state, now)));
        }

        return [.. all.Where(c => c.Utilization >= 0).OrderByDescending(c => c.Utilization).ThenBy(c => c.Path, StringComparer.Ordinal).Select(c => c.Path)];
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

    /// <param name="IsWhole">There are no more limits than are sorted.</param>
    private sealed record Reading(List<string> Paths, bool IsWhole, DateTimeOffset At);
}
