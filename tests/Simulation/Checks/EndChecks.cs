using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Plans;
using BudgetEngine.Simulation.Workload;

namespace BudgetEngine.Simulation.Checks;

/// <summary>What must hold when nothing is broken any more and all callers have gone: invariants 2, 3, 4, 6, 9 (once there are alerts), 11, and progress.</summary>
internal sealed class EndChecks(World world)
{
    /// <summary>For what is on its way, and what is tried again: the slowest message, an answer's time-out, the take-over's wait.</summary>
    private static readonly TimeSpan _drain = TimeSpan.FromSeconds(50);

    /// <summary>The longest that a reservation of the workload can still have, the ancestors' extra time included.</summary>
    private static readonly TimeSpan _longestTtl = TimeSpan.FromSeconds(680);

    public async Task RunAsync()
    {
        await world.DelayAsync(_drain);
        await EndMovesAsync();
        world.Require(world.Broken is null, () => world.Broken!);
        CheckPhantoms();
        CheckOver();
        foreach (var reserved in world.Holders.Values) Expect.Unsettled(world, reserved);
        world.Minutes.Check();
        world.Books.CheckRows();
        world.Books.CheckBalances();
        await new AlertChecks(world).RunAsync();
        foreach (var process in world.Processes) process.Alerts.Stop();
        // Deadlines of stored holds are of the wall clock, which may have been set back.
        await PassAsync(world.Plan.ClockSteps ? _longestTtl + TimeSpan.FromHours(10) : _longestTtl);
        foreach (var node in world.Tree.Nodes) await RefreshAsync(node);
        // Who has just come into memory at another process waits for the lease of the last one.
        await world.DelayAsync(TimeSpan.FromSeconds(8));
        CheckNodes();
        await CheckDecisionsAsync();
        world.Require(world.Database.Locks.Deadlocks == 0, () => "two transactions of the ledger have waited for each other: the order of their locks is broken");
        if (world.Database.Locks.Waits > 0) world.Reach(Sometimes.CommitWaitedForAnother);
    }

    /// <summary>What a move waits for lapses at last; then it ends.</summary>
    private async Task EndMovesAsync()
    {
        if (world.Database.Moves.Values.Any(m => m.Job.State == MoveState.Draining)) await PassAsync(world.Plan.ClockSteps ? _longestTtl + TimeSpan.FromHours(10) : _longestTtl);
        world.Require(world.Broken is null, () => world.Broken!);
        for (var i = 0; i < 30 && world.Database.Moves.Values.Any(m => m.Job.IsOpen); i++) await world.DelayAsync(TimeSpan.FromSeconds(4));
        world.Require(world.Broken is null, () => world.Broken!);
        world.Moves.CheckEnded();
    }

    /// <summary>Lets time pass without the ticks of every lease: all processes stop, and go on.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        foreach (var process in world.Processes) process.Os.Pause();
        await world.DelayAsync(time);
        foreach (var process in world.Processes) process.Os.Resume();
        await world.DelayAsync(TimeSpan.FromSeconds(8));
    }

    /// <summary>Invariant 6, and half of 4: where no message and no memory was lost, no node holds what its owner does not.</summary>
    private void CheckPhantoms()
    {
        var plan = world.Plan;
        if (plan.Loss + plan.ReplyLoss + plan.StoreFailsBefore + plan.StoreFailsAfter > 0 || plan.Losses || plan.StoreOutages || plan.StoreSlow > 0) return;
        // The deadline of a hold that comes back from the ledger is an instant of the wall clock.
        if (plan.ClockSteps && world.Database.HoldsEverStored) return;
        foreach (var node in world.Tree.Nodes)
        {
            if (world.Watch.Current(node) is not { } seen) continue;
            foreach (var reservation in seen.Node.Reservations.Open)
            {
                world.Require(
                    // A check that the network delivers twice may come after the end of its first reservation (R17).
                    plan.Duplicates > 0 || world.AnswersOutlivedTheirCalls || world.Promised.Contains((reservation.Key, reservation.Attempt)), () => $"refusal is pure (6): {node} has {reservation.Granted.Nanos} reserved, of which no caller was told");
            }

            // A node that leaves memory sooner than it may forget what has ended, as none does outside of here, takes a message that comes twice for a new one.
            if (plan.Duplicates > 0 && plan.IdleAge < EndedHolds.RememberedFor && world.Watch.ActivationsOf(node) > 1) continue;
            foreach (var hold in seen.Node.Account.Holds)
            {
                var owner = world.Watch.Current(hold.Owner);
                world.Require(
                    owner is not null && owner.Node.Reservations.Open.Any(r => r.Key == hold.Key && r.Attempt == hold.Attempt),
                    () => $"refusal is pure (6), no phantom (4): {node} holds {hold.Left.Nanos} for {hold.Owner}, which has no such reservation open");
                var own = owner!.Node.Account.Find(hold.Key)!;
                world.Require(
                    own.Left == hold.Left,
                    () => $"all nodes hold the same: {node} holds {hold.Left.Nanos} for {hold.Owner}, which holds {own.Left.Nanos} itself");
            }
        }
    }

    /// <summary>
    /// What its caller knows to be over holds nothing anywhere: a check that was denied at last, whatever an attempt before it has left when its process died, and
    /// a reservation whose final record is acknowledged. (Where messages get lost, what is left lapses at its deadline.)
    /// </summary>
    private void CheckOver()
    {
        var plan = world.Plan;
        if (plan.NetworkFaults || plan.StoreFaults || !plan.Losses) return;
        foreach (var node in world.Tree.Nodes)
        {
            if (world.Watch.Current(node) is not { } seen) continue;
            foreach (var hold in seen.Node.Account.Holds)
            {
                // The nodes of a new place are told of an end; what an ancestor of the old one had alone lapses there, and moving back changes nothing of that.
                world.Require(!world.Endings.Covers(node, hold) || world.Moves.Aliases.Find(hold.Owner) is not null || world.Moves.HasMovedSince(hold.Owner, hold.CreatedAt), () => $"no phantom (4): {node} holds {hold.Left.Nanos} for {hold.Key} of {hold.Owner}, which is over");
            }
        }
    }

    /// <summary>Invariants 2 and 4: a node knows what the ledger has, and holds nothing.</summary>
    private void CheckNodes()
    {
        foreach (var node in world.Tree.Nodes)
        {
            if (world.Watch.Current(node) is not { } seen) continue;
            var account = seen.Node.Account;
            seen.Node.Now();
            world.Require(account.Holds.Count == 0 && account.Node.Balances.HeldTotal == Money.Zero, () => $"no phantom (4): {node} at {seen.Process.Name} holds {account.Node.Balances.HeldTotal.Nanos}");
            world.Require(!seen.Node.Reservations.Open.Any(), () => $"no phantom (4): {node} at {seen.Process.Name} has a reservation open after its deadline");
            foreach (var (key, balance) in world.Database.Balances)
            {
                if (key.CostCenter != node || key.User.Length > 0) continue;
                var known = key.Period == Period.Daily ? account.Node.Balances.Day(key.Window) : account.Node.Balances.Month(key.Window);
                world.Require(known == balance, () => $"conservation (2): {node} at {seen.Process.Name} knows {known} of {key.Period} {key.Window}, the ledger has {balance}");
            }
        }

        foreach (var hold in world.Database.Holds.Values)
        {
            world.Require(hold.Deadline < world.Now + TimeSpan.FromHours(2), () => $"no phantom (4): the ledger has a hold until {hold.Deadline}");
        }
    }

    /// <summary>
    /// As a person's write does: what a zombie committed it has told to its own activations only, and what was to be told may have died with its process. Where
    /// there is a limit the sweep tells it.
    /// </summary>
    private async Task RefreshAsync(string node)
    {
        var process = world.AnyServing()!;
        if (world.Unnotified.Contains(node) && !HasLimits(node)) world.Reach(Sometimes.NotificationDiedWithItsProcess);
        else if (world.Watch.ActivationsOf(node) <= 1)
        {
            await process.RunAsync(() => process.Nodes.ViewAsync(node, 0));
            return;
        }

        foreach (var user in Tree.Users)
        {
            await process.RunAsync(async () =>
            {
                await process.Nodes.RefreshAsync(node, user);
                return true;
            });
        }
    }

    private bool HasLimits(string node) =>
        world.Database.Budgets.Keys.Any(k => k.CostCenter == node)
        || (CostCenterId.ParentOf(node) is { } parent && world.Database.Budgets.TryGetValue((parent, ""), out var stored) && stored.Budget.PerChild is not null);

    /// <summary>
    /// Progress and admission at once: with nothing held, what the rows leave of the limits is granted to the last nano-unit, and not one more. Worked out from
    /// the rows and the budgets alone.
    /// </summary>
    private async Task CheckDecisionsAsync()
    {
        var tenant = world.Database.Tenants[World.Tenant];
        foreach (var name in world.Tree.Leaves)
        {
            // A check of an old name asks the new one.
            var leaf = world.Moves.Aliases.BookedAt(name);
            var user = world.Dice.Of(Tree.Users);
            if (IsPaused(leaf, user) || world.Plan.ClockSteps) continue;
            var available = Available(leaf, user, tenant.Calendar.DateOf(world.Now), out var limited);
            if (tenant.DenyNewCostCenters && !world.Database.Budgets.ContainsKey((leaf, ""))) continue;
            if (tenant.RequireLimit && !limited) continue;
            if (available is not { } most)
            {
                await ProbeAsync(name, user, 1_000_000, allowed: true);
                continue;
            }

            if (most > 0) await ProbeAsync(name, user, most, allowed: true);
            await ProbeAsync(name, user, Math.Max(0, most) + 1, allowed: false);
        }
    }

    private async Task ProbeAsync(string leaf, string user, long amount, bool allowed)
    {
        CostCenterId.TryParse(leaf, out var path, out _);
        var process = world.AnyServing()!;
        var command = new CheckCommand { CostCenter = process.Checks.NameNow(path), User = user, Amount = new Money(amount), Ttl = TimeSpan.FromSeconds(1), AnswerWithin = TimeSpan.FromSeconds(2) };
        var answer = await process.RunAsync(() => process.Checks.CheckAsync(command, CancellationToken.None));
        world.Log(() => $"probe {leaf} {user} {amount}: {answer.Reason ?? "allow"}");
        world.Require(answer.Allowed == allowed, () => $"the last word: a check of {amount} on {leaf} for {user} is answered {answer.Reason ?? "allow"}, blocked by {answer.BlockedBy}, where the rows say otherwise");
        world.Require(allowed || answer.Reason == "budget_exceeded", () => $"a check is denied {answer.Reason}");
        // What was let through counts for a minute, unless it is given back: then the next probe may not be refused for it.
        if (world.Plan.Minutes && world.TryRead(answer.ReservationId, out var id)) await process.RunAsync(() => process.Checks.ReleaseAsync(id, CancellationToken.None));
        await world.DelayAsync(TimeSpan.FromSeconds(7));
    }

    /// <summary>The least that any hard window of the path leaves; null: none is hard.</summary>
    private long? Available(string leaf, string user, DateOnly date, out bool limited)
    {
        long? least = null;
        limited = false;
        foreach (var key in CheckedWindow.Of(leaf, user, date))
        {
            limited |= IsLimited(key);
            if (world.Bound.LimitOf(key, world.Now) is not { } limit) continue;
            var left = limit.Nanos - world.Bound.SpentIn(key);
            if (least is null || left < least) least = left;
        }

        return least;
    }

    private bool IsLimited(CheckedWindow key)
    {
        var budget = world.Database.Budgets.GetValueOrDefault((key.Node, ""))?.Budget;
        var set = key.Kind switch
        {
            AccountKind.Node => budget?.Own,
            AccountKind.User => world.Database.Budgets.GetValueOrDefault((key.Node, key.Name))?.Budget.Own ?? budget?.PerUser,
            _ => world.Database.Budgets.ContainsKey((key.Name, "")) ? null : budget?.PerChild,
        };
        return set?.Limits[key.Period] is not null;
    }

    private bool IsPaused(string leaf, string user) => world.Database.Pauses.Values.Any(
        p => CostCenterId.IsWithin(leaf, p.CostCenter) && (p.User is null || p.User == user) && (p.Until is null || p.Until > world.Now));
}
