using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Store;

namespace BudgetEngine.Simulation.Checks;

/// <summary>
/// Invariant 9 as it happens: keeps what every window of the ledger's balances came to after each commit, and which limits stood, and holds each crossing and
/// each re-arming to them. Worked out from the balances and budgets alone, without the engine's own look.
/// </summary>
internal sealed class AlertWatch(World world)
{
    private readonly Dictionary<(AccountKey Account, Period Period, DateOnly Window), List<(long Step, long Spent)>> _spent = [];
    private readonly List<(long Step, Dictionary<(string, string), Budget> Budgets)> _budgets = [];
    private readonly Dictionary<(string Id, string CostCenter), Increase> _increases = [];
    private readonly Dictionary<MarkKey, long> _fired = [];
    private readonly HashSet<(AlertType Type, string CostCenter, bool OfUsers, Period? Period, DateOnly Window)> _told = [];
    private long _step;

    public void Commit(IReadOnlyList<UsageRow> rows)
    {
        _step++;
        foreach (var row in rows)
        {
            foreach (var node in CostCenterId.SelfAndAncestors(row.CostCenter))
            {
                Note(new AccountKey(node, ""), row.BookedDate);
                if (world.Books.IsTracked(node, row.User)) Note(new AccountKey(node, row.User), row.BookedDate);
            }
        }
    }

    public void Administered()
    {
        _step++;
        _budgets.Add((_step, world.Database.Budgets.ToDictionary(b => b.Key, b => b.Value.Budget)));
        foreach (var increase in world.Database.Increases.Values) _increases[(increase.Id, increase.CostCenter)] = increase;
        // A budget of users may just have begun to keep their balances.
        foreach (var key in world.Database.Balances.Keys.Where(k => k is { User.Length: > 0, Period: Period.Daily }).ToList()) Note(new AccountKey(key.CostCenter, key.User), key.Window);
    }

    public void Changed(AlertChanges changes)
    {
        _step++;
        foreach (var key in changes.Rearmed) CheckRearmed(key);
        foreach (var key in changes.Fired) _fired[key] = _step;
        foreach (var alert in changes.Inserted)
        {
            world.Log(() => $"alert {alert.Id[..10]} {alert.Type} {alert.CostCenter} {alert.User} {alert.Period} {alert.Window:MM-dd} {alert.Threshold} #{alert.Generation} {alert.Cause} {alert.Spent?.Nanos} of {alert.Limit?.Nanos}{(changes.BySweep ? " by the sweep" : "")}");
            if (alert.Type == AlertType.ThresholdReached) CheckCrossing(alert, changes.BySweep);
            if (alert.Type is AlertType.Denied or AlertType.WindowReset or AlertType.Forecast) CheckOnce(alert);
            if (alert.Type == AlertType.CostCenterCreated) CheckCreated(alert);
        }
    }

    /// <summary>In the transaction of a move: sums, increases and marks have other names.</summary>
    public void Move(MoveJob job)
    {
        _step++;
        foreach (var key in world.Database.Balances.Keys.Where(k => k.Period == Period.Daily).ToList()) Note(new AccountKey(key.CostCenter, key.User), key.Window);
        if (job.KeepsHistory) return;
        foreach (var mark in _fired.Keys.Where(k => job.Move.Moves(k.Account.CostCenter)).ToList())
        {
            var moved = mark with { Account = mark.Account with { CostCenter = job.Move.NewNameOf(mark.Account.CostCenter) } };
            _fired.Remove(mark, out var since);
            if (world.Database.Alerting.Marks.GetValueOrDefault(moved).Fired) _fired.TryAdd(moved, since);
        }
    }

    /// <summary>What limits an account as the ledger stands; null: nothing.</summary>
    public static LimitSet? LimitsOf(AccountKey account, Func<(string, string), Budget?> budgetOf)
    {
        if (account.User.Length > 0) return budgetOf((account.CostCenter, account.User))?.Own ?? budgetOf((account.CostCenter, ""))?.PerUser;
        if (budgetOf((account.CostCenter, "")) is { } own) return own.Own;
        return CostCenterId.ParentOf(account.CostCenter) is { } parent ? budgetOf((parent, ""))?.PerChild : null;
    }

    /// <summary>Spent in a window, from the balances of its days and months.</summary>
    public long SpentIn(AccountKey account, Period period, DateOnly window) => world.Database.Balances
        .Where(b => b.Key.CostCenter == account.CostCenter && b.Key.User == account.User && b.Key.Period == Period.Daily && Window.Containing(period, b.Key.Window) == window)
        .Sum(b => b.Value.Spent.Nanos);

    /// <summary>Once for a cost center that a record has brought, as its row says.</summary>
    private void CheckCreated(Alert alert)
    {
        world.Require(
            // A row that is moved before the roll-up comes to it is told of under its new name.
            world.Books.Committed.Any(r => (r.Flags & RowFlags.NewCostCenter) != 0 && (r.CostCenter == alert.CostCenter || (world.Moves.Touches(alert.CostCenter) && world.Moves.AreOne(r.CostCenter, alert.CostCenter)))), () => $"{alert.CostCenter} is told of as new, and no row of it is");
        world.Require(_told.Add((alert.Type, alert.CostCenter, false, null, default)), () => $"{alert.CostCenter} is told of as new twice");
        world.Reach(Sometimes.NewCostCenterTold);
    }

    /// <summary>Of a window's own limit once, and of all its users together once: users are made up by whoever calls.</summary>
    private void CheckOnce(Alert alert) => world.Require(
        _told.Add((alert.Type, alert.CostCenter, alert.User is not null, alert.Period, alert.Window)),
        () => $"alerts (9): {alert.Type} of {alert.CostCenter}{(alert.User is null ? "" : "'s users")} is told twice in {alert.Period} {alert.Window}");

    private void Note(AccountKey account, DateOnly date)
    {
        foreach (var period in Window.Periods)
        {
            var key = (account, period, Window.Containing(period, date));
            if (!_spent.TryGetValue(key, out var history)) _spent.Add(key, history = [(0, 0)]);
            var spent = SpentIn(account, period, key.Item3);
            if (history[^1].Spent != spent) history.Add((_step, spent));
        }
    }

    /// <summary>None is invented: the figures were the ledger's at some instant, and reach the threshold.</summary>
    private void CheckCrossing(Alert alert, bool bySweep)
    {
        var (account, at) = (new AccountKey(alert.CostCenter, alert.User ?? ""), alert.Threshold!.Value);
        var (period, spent, limit) = (alert.Period!.Value, alert.Spent!.Value.Nanos, alert.Limit!.Value.Nanos);
        world.Require(
            alert.Id == AlertIds.OfCrossing(alert.CostCenter, alert.User, period, alert.Window, at, alert.Generation), () => $"alerts (9): {alert.Id} is not the id of its crossing");
        world.Require(spent >= Math.Max(1, decimal.Ceiling(at * limit)), () => $"alerts (9): {alert.Id} is told at {spent} of {limit}, which is below {at}");
        var history = _spent.GetValueOrDefault((account, period, alert.Window));
        world.Require(history?.Exists(h => h.Spent == spent) == true, () => $"alerts (9): {account} never spent {spent} in {period} {alert.Window}");
        world.Require(
            _budgets.Exists(b => LimitsOf(account, b.Budgets.GetValueOrDefault) is { } set && set.Limits[period] is { } known && IsWith(limit - known.Nanos, account, period) && set.Thresholds.Any(t => t.At == at && t.Level == alert.Level)),
            () => $"alerts (9): {account} never had a limit of {limit} for {period}");
        world.Require((alert.Cause == AlertCause.Late) == (alert.ResetsAt <= alert.At), () => $"alerts (9): {alert.Id} found at {alert.At} of a window until {alert.ResetsAt} has the cause {alert.Cause}");
        world.Reach(bySweep ? Sometimes.CrossingFoundByTheSweep : Sometimes.CrossingFoundByAGrain);
        if (alert.Cause == AlertCause.Late) world.Reach(Sometimes.CrossingFoundLate);
        if (alert.Generation > 0) world.Reach(Sometimes.ThresholdRearmed);
    }

    /// <summary>The difference to the plain limit is that of some increases.</summary>
    private bool IsWith(long difference, AccountKey account, Period period)
    {
        HashSet<long> sums = [0];
        foreach (var increase in _increases.Values.Where(i => i.CostCenter == account.CostCenter && (i.User ?? "") == account.User && i.Period == period))
        {
            sums.UnionWith(sums.Select(s => s + increase.Amount.Nanos).ToList());
        }

        return sums.Contains(difference);
    }

    /// <summary>Since it fired, spend was below the threshold's amount once, by some limit that stood meanwhile.</summary>
    private void CheckRearmed(MarkKey key)
    {
        world.Require(_fired.Remove(key, out var since), () => $"alerts (9): {key} is armed again, and has not fired since it was armed before");
        var least = Since(_spent.GetValueOrDefault((key.Account, key.Period, key.Window)) ?? [(0, 0)], since, h => h.Step).Min(h => h.Spent);
        var added = _increases.Values.Where(i => i.CostCenter == key.Account.CostCenter && (i.User ?? "") == key.Account.User && i.Period == key.Period).Sum(i => i.Amount.Nanos);
        var most = Since(_budgets, since, b => b.Step).Select(b => LimitsOf(key.Account, b.Budgets.GetValueOrDefault)?.Limits[key.Period]?.Nanos ?? -1).Max();
        world.Require(
            most >= 0 && least < Math.Max(1, decimal.Ceiling(key.At * (most + added))), () => $"alerts (9): {key} is armed again, but spend was never below {key.At} of {most + added} since, only {least}");
    }

    /// <summary>What stood at a step, and all after it.</summary>
    private static IEnumerable<T> Since<T>(List<T> history, long step, Func<T, long> stepOf)
    {
        var first = history.FindLastIndex(h => stepOf(h) <= step);
        return history.Skip(Math.Max(0, first));
    }
}
