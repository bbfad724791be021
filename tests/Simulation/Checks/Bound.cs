using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Checks;

/// <summary>A window of a node, of a user in it, or of a child as its parent limits it.</summary>
internal readonly record struct CheckedWindow(string Node, AccountKind Kind, string Name, Period Period, DateOnly Window)
{
    /// <summary>Every window that spend or a hold of this user, cost center and date counts in, at every node of the path, limited or not.</summary>
    public static IEnumerable<CheckedWindow> Of(string costCenter, string user, DateOnly date)
    {
        foreach (var node in CostCenterId.SelfAndAncestors(costCenter))
        {
            foreach (var key in At(node, costCenter, user, date)) yield return key;
        }
    }

    public static IEnumerable<CheckedWindow> At(string node, string costCenter, string user, DateOnly date)
    {
        foreach (var period in Domain.Windows.Window.Periods)
        {
            var window = Domain.Windows.Window.Containing(period, date);
            yield return new CheckedWindow(node, AccountKind.Node, "", period, window);
            yield return new CheckedWindow(node, AccountKind.User, user, period, window);
            if (costCenter.Length > node.Length) yield return new CheckedWindow(node, AccountKind.Child, SideAccounts.ChildOn(node, costCenter), period, window);
        }
    }
}

/// <summary>
/// Invariant 11, the bound of section 3, as the sum that the semantics name: spend of a hard window never passes its limit by more than what was recorded with a
/// flagged cause, plus what was open when the limit changed, plus what was held in a memory that was lost.
/// </summary>
internal sealed class Bound(World world)
{
    private const long Unlimited = long.MaxValue;

    private readonly Dictionary<CheckedWindow, State> _windows = [];
    private readonly Dictionary<string, int> _changing = [];

    private sealed class State
    {
        /// <summary>The limit, or what was spent and open when it last changed, if that was more.</summary>
        public long Base { get; set; }

        public long Spent { get; set; }

        public long Flagged { get; set; }

        public long Lost { get; set; }
    }

    /// <summary>The limit that the ledger has of a window now; null: none that is hard.</summary>
    public Money? LimitOf(CheckedWindow key, DateTimeOffset now)
    {
        var database = world.Database;
        var budget = database.Budgets.GetValueOrDefault((key.Node, ""))?.Budget;
        var set = key.Kind switch
        {
            AccountKind.Node => budget?.Own,
            AccountKind.User => database.Budgets.GetValueOrDefault((key.Node, key.Name))?.Budget.Own ?? budget?.PerUser,
            _ => database.Budgets.ContainsKey((key.Name, "")) ? null : budget?.PerChild,
        };
        if (set is not { Enforcement: Enforcement.Hard } || set.Limits[key.Period] is not { } limit) return null;
        var (of, user) = key.Kind switch { AccountKind.Node => (key.Node, null), AccountKind.User => (key.Node, key.Name), _ => (key.Name, (string?)null) };
        foreach (var increase in database.Increases.Values)
        {
            if (increase.CostCenter == of && increase.User == user && increase.Period == key.Period && increase.Until > now) limit += increase.Amount;
        }

        return limit;
    }

    public long SpentIn(CheckedWindow key) => _windows.GetValueOrDefault(key)?.Spent ?? 0;

    public void Commit(IReadOnlyList<UsageRow> rows)
    {
        foreach (var row in rows)
        {
            var flagged = FlaggedPart(row);
            foreach (var key in CheckedWindow.Of(row.CostCenter, row.User, row.BookedDate))
            {
                var state = StateOf(key);
                state.Spent += row.Cost.Nanos;
                state.Flagged += flagged;
            }
        }

        foreach (var row in rows)
        {
            foreach (var key in CheckedWindow.Of(row.CostCenter, row.User, row.BookedDate)) Check(key);
        }
    }

    /// <summary>A row counts somewhere else from here on.</summary>
    public void Move(UsageRow from, UsageRow to)
    {
        foreach (var key in CheckedWindow.Of(from.CostCenter, from.User, from.BookedDate)) StateOf(key).Spent -= from.Cost.Nanos;
        foreach (var key in CheckedWindow.Of(to.CostCenter, to.User, to.BookedDate)) StateOf(key).Spent += to.Cost.Nanos;
    }

    /// <summary>A node no longer knows of a hold that counts in it.</summary>
    public void Lose(string node, string owner, string user, DateOnly date, long amount)
    {
        foreach (var key in CheckedWindow.At(node, owner, user, date)) StateOf(key).Lost += amount;
    }

    /// <summary>An administrative write that may change limits of these nodes begins: old and new limits stand beside each other until it is answered.</summary>
    public void BeginChange(params IEnumerable<string> nodes)
    {
        foreach (var node in nodes) _changing[node] = _changing.GetValueOrDefault(node) + 1;
    }

    /// <summary>The change is in force.</summary>
    public void EndChange(params IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
        {
            if (--_changing[node] > 0) continue;
            _changing.Remove(node);
            Rebase(node);
        }
    }

    private void Rebase(string node)
    {
        var open = new Dictionary<CheckedWindow, long>();
        // What is open under a name that has become an old one of this node is booked here.
        foreach (var hold in world.Moves.Aliases.OldNamesOf(node).Prepend(node).SelectMany(world.Watch.OpenBelow).DistinctBy(h => (h.Key, h.Attempt)))
        {
            foreach (var key in CheckedWindow.At(node, world.Moves.Aliases.BookedAt(hold.Owner), hold.User, hold.Date))
            {
                open[key] = open.GetValueOrDefault(key) + hold.Left;
                StateOf(key);
            }
        }

        foreach (var (key, state) in _windows)
        {
            if (key.Node != node) continue;
            var standing = state.Spent + open.GetValueOrDefault(key);
            var limit = LimitOf(key, world.Now)?.Nanos ?? Unlimited;
            if (limit < standing) world.Reach(Sometimes.LimitLoweredUnderSpend);
            // What was flagged and no activation has been told of yet, as the store's answer is lost, may still be granted over: it is no part of what the new limit stands on.
            var untold = Math.Min(state.Flagged, Math.Max(0, state.Spent - (Known(key) ?? state.Spent)));
            // A hold that was lost before may have its settle under way, which is in no memory and not in the ledger yet.
            (state.Base, state.Flagged) = (Math.Max(limit, standing - untold), untold);
        }
    }

    /// <summary>What the activation that answers for the node knows to be spent of a window; null: its account is not in memory.</summary>
    private long? Known(CheckedWindow key) => world.Watch.Current(key.Node)?.Node.Account is { } account
        ? (key.Kind == AccountKind.Node ? account.Node : account.Sides.Resident(key.Kind, key.Name))?.Balances.Spent(key.Period, key.Window).Nanos : null;

    private State StateOf(CheckedWindow key)
    {
        if (_windows.TryGetValue(key, out var state)) return state;
        state = new State { Base = LimitOf(key, world.Now)?.Nanos ?? Unlimited };
        _windows.Add(key, state);
        return state;
    }

    private void Check(CheckedWindow key)
    {
        var state = _windows[key];
        if (state.Base == Unlimited || _changing.ContainsKey(key.Node) || LimitOf(key, world.Now) is null) return;
        world.Require(
            state.Spent <= state.Base + state.Flagged + state.Lost,
            () => $"bound (11): {key} has spent {state.Spent}, which is more than {state.Base} + flagged {state.Flagged} + lost {state.Lost}");
    }

    private long FlaggedPart(UsageRow row)
    {
        const RowFlags whole = RowFlags.AfterExpiry | RowFlags.AfterRelease | RowFlags.AfterSettle | RowFlags.NoReservation | RowFlags.OtherCostCenter;
        var excess = world.Watch.Settle(row);
        return (row.Flags & whole) != 0 || row.Kind == RowKind.Correction ? Math.Max(0, row.Cost.Nanos) : excess;
    }
}
