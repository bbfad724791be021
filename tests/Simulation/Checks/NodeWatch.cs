using System.Runtime.CompilerServices;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Checks;

/// <summary>
/// Looks into the memory of a node after each of its steps: admission (1), the fence, what is lost when an activation is. It reads raw holds and balances, and
/// adds them up itself.
/// </summary>
internal sealed class NodeWatch(World world)
{
    private readonly Dictionary<Activation, SeenActivation> _seen = [];
    private readonly Dictionary<string, List<SeenActivation>> _ofNode = [];
    private readonly Dictionary<string, (long Epoch, int Begun)> _lastGranter = [];
    private readonly Dictionary<(Guid Key, Stamp Attempt), Promise> _promises = [];
    private readonly Dictionary<(string Node, Guid Key, Stamp Attempt), long> _mostHeld = [];
    private readonly List<Guid> _gone = [];
    private readonly List<Activation> _touched = [];
    private readonly Dictionary<string, (int Holds, Money Held)> _shares = [];
    private readonly HashSet<(string Node, string Child)> _children = [];

    private sealed class Promise
    {
        public long Granted { get; set; }

        public long Settled { get; set; }

        public long Excess { get; set; }

        public DateTimeOffset Deadline { get; set; }

        /// <summary>In the ledger before its check was answered: losing a memory does not lose it.</summary>
        public bool Durable { get; set; }
    }

    public IEnumerable<SeenActivation> Live => _seen.Values.Where(s => s.Process.IsAlive && !s.Activation.IsDead && s.Process.Has(s.Path) && IsCurrent(s));

    public void AfterStep(IThreadPoolWorkItem? item)
    {
        LookAtTouched();
        if (item is SimulatedProcess.Step { Item: Activation activation }) AfterTurn(activation);
    }

    /// <summary>A turn of a node is about to run within the step of somebody else: looks at those that have run in this step so far.</summary>
    public void TurnBegins(EngineProcess process, string path)
    {
        LookAtTouched();
        if (process.Activations.FirstOrDefault(a => a.Key == path) is { } activation) _touched.Add(activation);
    }

    private void LookAtTouched()
    {
        foreach (var activation in _touched) AfterTurn(activation);
        _touched.Clear();
    }

    private void AfterTurn(Activation activation)
    {
        if (activation.GrainInstance is not CostCenterGrain grain) return;
        if (NodeOf(grain) is not { } node) return;
        if (!_seen.TryGetValue(activation, out var seen))
        {
            Begin(activation, node);
            return;
        }

        if (activation.IsDead) return;
        foreach (var hold in node.Account.Holds) Look(seen, hold);
        if (node.Account.Holds.Count != seen.Holds.Count) Forget(seen);
        CheckShares(node.Account);
        foreach (var reservation in node.Reservations.Open)
        {
            Note(reservation, node, isRestored: false);
            if (reservation.Busy) world.Meetings.Busy(seen.Process);
        }

        world.Require(BrokenOf(grain) is null, () => $"{seen.Path} is broken: {BrokenOf(grain)}");
    }

    /// <summary>What the node counts for each direct child is what it holds for it, or children would run out of room for what is long over.</summary>
    private void CheckShares(Account account)
    {
        _shares.Clear();
        foreach (var hold in account.Holds)
        {
            if (hold.Owner.Length == account.Path.Length) continue;
            var child = SideAccounts.ChildOn(account.Path, hold.Owner);
            var (holds, held) = _shares.GetValueOrDefault(child);
            _shares[child] = (holds + 1, held + hold.Left);
            _children.Add((account.Path, child));
        }

        foreach (var (path, child) in _children)
        {
            if (path != account.Path) continue;
            var (counted, held) = (account.ShareOf(child), _shares.GetValueOrDefault(child));
            world.Require(counted == held, () => $"{path} counts {counted} for {child}, and holds {held}");
        }
    }

    /// <summary>What is open for windows of this node, wherever it is known: at owners in memory, in the ledger.</summary>
    public IEnumerable<SeenHold> OpenBelow(string node)
    {
        var open = new Dictionary<(Guid, Stamp), SeenHold>();
        foreach (var seen in _seen.Values)
        {
            if (!CostCenterId.IsWithin(seen.Path, node)) continue;
            var alive = seen.Process.IsAlive && !seen.Activation.IsDead;
            foreach (var reservation in seen.Node.Reservations.Open)
            {
                // What is on its way to the ledger is committed whoever has sent it, and lives.
                if ((alive || reservation.State == ReservationState.Settling) && seen.Node.Account.Find(reservation.Key) is { } hold) Add(new SeenHold(hold.Key, hold.Attempt, seen.Path, hold.User, hold.Date, hold.Left.Nanos));
            }
        }

        foreach (var hold in world.Database.Holds.Values)
        {
            if (CostCenterId.IsWithin(hold.Owner, node)) Add(new SeenHold(hold.Key, hold.Attempt, hold.Owner, hold.User, hold.Date, hold.Left.Nanos));
        }

        return open.Values;

        void Add(SeenHold hold)
        {
            if (!open.TryGetValue((hold.Key, hold.Attempt), out var known) || known.Left < hold.Left) open[(hold.Key, hold.Attempt)] = hold;
        }
    }

    /// <summary>The deadline that its owner was last seen to have for a reservation.</summary>
    public DateTimeOffset DeadlineOf(ReservationId id) => _promises.TryGetValue((id.Key, id.Attempt), out var promise) ? promise.Deadline : DateTimeOffset.MaxValue;

    /// <summary>By how much a row's cost passes what was granted to its reservation, heartbeats before it included.</summary>
    public long Settle(UsageRow row)
    {
        const RowFlags afterwards = RowFlags.AfterExpiry | RowFlags.AfterRelease | RowFlags.AfterSettle | RowFlags.NoReservation;
        if (row.Kind != RowKind.Usage || (row.Flags & afterwards) != 0 || !world.TryRead(row.ReservationId, out var id)) return 0;
        if (!_promises.TryGetValue((id.Key, id.Attempt), out var promise))
        {
            world.Fail($"a settle of a reservation that was never granted has no flag: {row}");
            return 0;
        }

        promise.Settled += row.Cost.Nanos;
        var more = promise.Settled - promise.Granted - promise.Excess;
        if (more <= 0) return 0;
        promise.Excess += more;
        if ((row.Flags & (RowFlags.Underestimated | RowFlags.OtherCostCenter)) == 0)
        {
            // Of two activations each knows only what was settled by it.
            world.Require(_ofNode[id.Owner].Count > 1, () => $"{row.RequestId} passes its grant by {more} and is not flagged (R6, R7)");
        }

        return more;
    }

    /// <summary>How often a record was acknowledged before a node of it could be told.</summary>
    public long NotifyTimeouts => world.Processes.Concat(world.Gone).Sum(p => p.Notifier.Timeouts);

    public int ActivationsOf(string path) => _ofNode.GetValueOrDefault(path)?.Count ?? 0;

    /// <summary>Invariant 10: every node that answers now for a cost center of these records knows them, unless one could not be told in time.</summary>
    public void CheckReadYourWrites(IReadOnlyList<SentRecord> records, IReadOnlyList<UsageResult> results, long timeoutsBefore)
    {
        if (NotifyTimeouts != timeoutsBefore)
        {
            world.Reach(Sometimes.NotifyTimedOut);
            return;
        }

        // A process that is cut off, or was, tells its own activations; the others hear of it when the ledger is read again.
        if (world.Plan.Isolations || world.Plan.Moves || world.Plan.Pauses) return;
        for (var i = 0; i < records.Count; i++)
        {
            if (results[i].Kind == UsageResultKind.Rejected) continue;
            if (results[i].Kind == UsageResultKind.Recorded && (results[i].Flags & RowFlags.NoReservation) != 0) CheckForgottenEnds(records[i]);
            foreach (var (node, date, version) in world.Books.VersionsOf(records[i]))
            {
                if (Current(node) is not { } seen) continue;
                var known = seen.Node.Account.Node.Balances.Day(date).Version;
                world.Require(known >= version, () => $"read your writes (10): {node} knows version {known} of {date}, {records[i].Input.RequestId} made version {version} and is acknowledged");
            }
        }
    }

    /// <summary>R15: the settle of what nobody remembers ends the hold at every node that still has one.</summary>
    private void CheckForgottenEnds(SentRecord record)
    {
        if (!world.TryRead(record.Input.ReservationId, out var id)) return;
        // The new place of what was moved knows nothing of the attempts of the old one: what an ancestor has left of one lapses there.
        if (world.Moves.Aliases.Find(id.Owner) is not null) return;
        // A process that died took the attempt along, and the one before it came back from the ledger: that is open, and ends by its own settle.
        if (Current(id.Owner)?.Node.Reservations.Open.Any(r => r.Key == id.Key && r.Attempt < id.Attempt) == true) return;
        foreach (var node in CostCenterId.SelfAndAncestors(id.Owner))
        {
            var hold = Current(node)?.Node.Account.Find(id.Key);
            world.Require(
                hold is null || hold.Attempt > id.Attempt, () => $"{record.Input.RequestId} settles what is forgotten (R15), attempt {id.Attempt} of {id.Key}, and {node} still holds attempt {hold!.Attempt}");
        }
    }

    /// <summary>The settle of a reservation is acknowledged: its owner does not hold it any more.</summary>
    public void CheckEnded(ReservationId id)
    {
        // A settle of nothing may come after its release, without a flag; of two activations the other may not know yet.
        if (ActivationsOf(id.Owner) != 1 || Current(id.Owner) is not { } owner) return;
        var open = owner.Node.Reservations.Open.Any(r => r.Key == id.Key && r.Attempt == id.Attempt);
        world.Require(!open, () => $"the settle of {id.Key} is acknowledged, and {id.Owner} still holds it");
    }

    /// <summary>The activation that answers for the node now; null: none is in memory.</summary>
    public SeenActivation? Current(string node)
    {
        if (world.Directory.Find(node) is not { IsAlive: true } host) return null;
        return host.Activations.FirstOrDefault(a => a.Key == node) is { } activation ? _seen.GetValueOrDefault(activation) : null;
    }

    public bool IsHeldAnywhere(Guid key) => _seen.Values.Any(s => s.Process.IsAlive && !s.Activation.IsDead && s.Node.Account.Find(key) is not null);

    /// <summary>Everything that a process has in memory goes with it.</summary>
    public bool HoldsAnything(EngineProcess process) => _seen.Values.Any(s => s.Process == process && !s.Activation.IsDead && s.Holds.Count > 0);

    public SeenActivation? Find(Activation activation) => _seen.GetValueOrDefault(activation);

    private bool IsCurrent(SeenActivation seen) => seen.Process.Activations.Contains(seen.Activation);

    private void Begin(Activation activation, CostCenterNode node)
    {
        var process = world.ProcessOf(activation.Silo);
        if (!_ofNode.TryGetValue(node.Path, out var earlier)) _ofNode.Add(node.Path, earlier = []);
        var seen = new SeenActivation(node.Path, activation, process, node, earlier.Count);
        foreach (var hold in node.Account.Holds)
        {
            seen.Holds.Add(hold.Key, Of(hold));
            _mostHeld.TryAdd((seen.Path, hold.Key, hold.Attempt), hold.Left.Nanos);
        }

        if (seen.Holds.Count > 0) world.Reach(Sometimes.HoldRestored);
        foreach (var reservation in node.Reservations.Open) Note(reservation, node, isRestored: true);
        foreach (var other in earlier)
        {
            if (other.Process.IsAlive && !other.Activation.IsDead && IsCurrent(other)) world.Reach(Sometimes.TwoActivationsOfANode);
            foreach (var hold in other.Holds.Values)
            {
                if (seen.Holds.TryGetValue(hold.Key, out var kept) && kept.Attempt >= hold.Attempt) continue;
                Lose(seen.Path, hold, hold.Left);
                if (other.IsBefore(seen)) CheckRestored(seen, hold);
            }
        }

        earlier.Add(seen);
        _seen.Add(activation, seen);
        world.Log(() => $"{process.Name} has {node.Path}, epoch {node.Epoch}, {seen.Holds.Count} holds");
    }

    /// <summary>A durable hold that its owner has open comes back with every node that it counts in.</summary>
    private void CheckRestored(SeenActivation seen, SeenHold hold)
    {
        // In one process an activation does not die alone: nothing fences a hold that is under way then.
        if (world.Plan.ClockSteps || (world.Plan.Exclusive && world.Plan.ActivationKills) || hold.Owner == seen.Path || ActivationsOf(hold.Owner) > 1) return;
        if (!_promises.TryGetValue((hold.Key, hold.Attempt), out var promise) || !promise.Durable || Current(hold.Owner) is not { } owner) return;
        if (world.ReleaseAsked.Contains((hold.Key, hold.Attempt))) return;
        // What was granted too late for its call is given back, and whether that has reached the ledger its owner may not know: nobody was told of it.
        if (world.Plan.AnswersGetLost && !world.Promised.Contains((hold.Key, hold.Attempt))) return;
        var now = Moment.Of(owner.Process.Os.Time);
        var open = owner.Node.Reservations.Open.FirstOrDefault(r => r.Key == hold.Key && r.Attempt == hold.Attempt);
        world.Require(
            open is null or { Busy: true } || open.Deadline <= now.MonotonicTicks, () => $"durable holds survive: {seen.Path} comes back without {hold.Left} of {hold.Owner}, which has it open");
    }

    private void Lose(string node, SeenHold hold, long amount)
    {
        // A durable hold is never lost, but that deadlines in the ledger are of the wall clock.
        if (!world.Plan.ClockSteps && _promises.TryGetValue((hold.Key, hold.Attempt), out var promise) && promise.Durable) return;
        world.Bound.Lose(node, hold.Owner, hold.User, hold.Date, amount);
    }

    private void Look(SeenActivation seen, Hold hold)
    {
        var known = seen.Holds.TryGetValue(hold.Key, out var before) && before.Attempt == hold.Attempt;
        if (!known && !_mostHeld.ContainsKey((seen.Path, hold.Key, hold.Attempt))) world.Minutes.LetThrough(seen, hold);
        if (known && before.Left == hold.Left.Nanos) return;
        seen.Holds[hold.Key] = Of(hold);
        var more = hold.Left.Nanos - (known ? before.Left : 0);
        if (more <= 0) return;
        foreach (var other in _ofNode[seen.Path])
        {
            if (seen.IsBefore(other) && !other.Holds.ContainsKey(hold.Key)) Lose(seen.Path, Of(hold), more);
        }

        // What a node has forgotten comes back without a question, by more time or by a part that is given back.
        var most = (seen.Path, hold.Key, hold.Attempt);
        var cameBack = !known && _mostHeld.GetValueOrDefault(most) >= hold.Left.Nanos;
        _mostHeld[most] = Math.Max(_mostHeld.GetValueOrDefault(most), hold.Left.Nanos);
        if (!cameBack) CheckGrant(seen, hold, more);
    }

    private void CheckGrant(SeenActivation seen, Hold hold, long more)
    {
        var account = seen.Node.Account;
        var hard = CheckWindows(seen, account.Node, account.Node.Own, hold, _ => true, more);
        if (hold.UserAccount is { } user) hard |= CheckWindows(seen, user, account.Sides.LimitsOf(user), hold, h => h.User == user.Name, more);
        if (hold.ChildAccount is { } child) hard |= CheckWindows(seen, child, account.Sides.LimitsOf(child), hold, h => h.Owner.Length > seen.Path.Length && SideAccounts.ChildOn(seen.Path, h.Owner) == child.Name, more);
        if (!hard) return;
        world.Require(
            _lastGranter.GetValueOrDefault(seen.Path).CompareTo(seen.Order) <= 0,
            () => $"fence: {seen.Process.Name} grants {more} on {seen.Path} as activation {seen.Order}, after activation {_lastGranter[seen.Path]} has granted");
        _lastGranter[seen.Path] = seen.Order;
    }

    private bool CheckWindows(SeenActivation seen, LimitedAccount side, LimitSet? limits, Hold hold, Func<Hold, bool> counts, long more)
    {
        if (limits is not { Enforcement: Enforcement.Hard }) return false;
        var hard = false;
        foreach (var period in Window.Periods)
        {
            if (side.LimitOf(limits, period, seen.Process.Os.Time.GetUtcNow()) is not { } limit) continue;
            hard = true;
            var window = Window.Containing(period, hold.Date);
            var held = 0L;
            foreach (var other in seen.Node.Account.Holds)
            {
                if (counts(other) && Window.Containing(period, other.Date) == window) held += other.Left.Nanos;
            }

            var spent = side.Balances.Spent(period, window).Nanos;
            world.Require(
                spent + held <= limit.Nanos,
                () => $"admission (1): {seen.Path} {side.Kind} {side.Name} {period} {window}: {spent} spent + {held} held > {limit.Nanos} after a grant of {more}");
        }

        return hard;
    }

    private void Forget(SeenActivation seen)
    {
        foreach (var key in seen.Holds.Keys)
        {
            if (seen.Node.Account.Find(key) is null) _gone.Add(key);
        }

        foreach (var key in _gone)
        {
            var hold = seen.Holds[key];
            var now = Moment.Of(seen.Process.Os.Time);
            if (hold.Owner != seen.Path && !seen.Node.Account.HasEnded(key, hold.Attempt, now)) world.Reach(Sometimes.HoldLapsedAtAnAncestor);
            if (seen.Node.Reservations.Find(key, hold.Attempt, now) is { State: ReservationState.Expired }) world.Reach(Sometimes.ExpiredReservation);
            seen.Holds.Remove(key);
        }

        _gone.Clear();
    }

    private void Note(Reservation reservation, CostCenterNode node, bool isRestored)
    {
        if (!_promises.TryGetValue((reservation.Key, reservation.Attempt), out var promise)) _promises.Add((reservation.Key, reservation.Attempt), promise = new Promise());
        promise.Granted = reservation.Granted.Nanos;
        promise.Deadline = reservation.ExpiresAt;
        if (promise.Durable || reservation is not { Durable: true, Busy: false, State: ReservationState.Held }) return;
        promise.Durable = true;
        // One that was stored so late that it has lapsed meanwhile grants nothing. One that was refused may still be in the ledger when its owner comes back:
        // nobody was told that it is granted.
        if (isRestored || reservation.Deadline <= Moment.Of(node.Services.Clock).MonotonicTicks) return;
        var stored = world.Database.Holds.GetValueOrDefault(reservation.Key);
        world.Require(
            ActivationsOf(node.Path) > 1 || stored?.Attempt == reservation.Attempt, () => $"durable before the answer: {node.Path} has granted {reservation.Granted.Nanos} durably, and the ledger does not have it");
        if (!world.Plan.Exclusive && !world.Plan.ClockSteps) CheckDurable(reservation, node);
    }

    /// <summary>A durable hold is in force: the latest activation of every node of its path knows it, or the fence would have refused it.</summary>
    private void CheckDurable(Reservation reservation, CostCenterNode owner)
    {
        foreach (var ancestor in owner.Ancestors)
        {
            // By its epoch: one that was taken over while it was read may begin after it.
            if (_ofNode.GetValueOrDefault(ancestor)?.MaxBy(a => a.Order) is not { } latest || latest.Activation.IsDead || !latest.Process.IsAlive || latest.Node.Tenure.IsOver) continue;
            world.Require(
                latest.Node.Account.Find(reservation.Key) is { } hold && hold.Attempt >= reservation.Attempt,
                () => $"fence of durable holds: {owner.Path} has granted {reservation.Granted.Nanos} durably, and the latest activation of {ancestor} does not know");
        }
    }

    private static SeenHold Of(Hold hold) => new(hold.Key, hold.Attempt, hold.Owner, hold.User, hold.Date, hold.Left.Nanos);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_node")]
    private static extern ref CostCenterNode? NodeOf(CostCenterGrain grain);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_broken")]
    private static extern ref string? BrokenOf(CostCenterGrain grain);
}
