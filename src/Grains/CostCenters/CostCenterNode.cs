using System.Runtime.InteropServices;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// A cost center in memory: its account, the reservations that it owns, its place in the tree. Everything here happens between awaits of one activation,
/// except where a method says that it waits.
/// </summary>
internal sealed class CostCenterNode
{
    private readonly Action<string> _break;
    private bool _isBroken;
    private Dictionary<Reservation, TaskCompletionSource>? _waits;
    private Dictionary<(AccountKind, string), Task>? _loads;
    private readonly UnwatchedSides _unwatched;
    private List<Task>? _unfinished;
    private readonly StampSource _stamps;
    private DateOnly _expiredOn;
    private TenantSettings? _unknownTenant;

    /// <param name="chargesOf">Makes what books overdue holds of the node.</param>
    /// <param name="breakNode">Gives up this memory, with the reason: the cost center is read again from the ledger.</param>
    public CostCenterNode(CostCenterServices services, NodeState state, NodeTenure tenure, Func<CostCenterNode, ExpiryCharges> chargesOf, Action<string> breakNode)
    {
        var path = state.CostCenter;
        _break = breakNode;
        Charges = chargesOf(this);
        Services = services;
        Tenure = tenure;
        Account = new Account(path, services.HoldRoom);
        Ancestors = CostCenterId.SelfAndAncestors(path)[1..];
        Epoch = state.Epoch;
        _stamps = state.Epoch == 0 ? services.Stamps.Value : new StampSource(state.Epoch);
        Alerts = new NodeAlerts(this);
        _unwatched = new UnwatchedSides(this);
        Learn(state);
    }

    public CostCenterServices Services { get; }

    public string Path => Account.Path;

    /// <summary>Parent first, tenant last.</summary>
    public string[] Ancestors { get; }

    public long Epoch { get; }

    /// <summary>The right to grant, against other processes.</summary>
    public NodeTenure Tenure { get; }

    public Account Account { get; }

    public Reservations Reservations { get; } = new();

    /// <summary>Books what is left of holds at their deadlines, where that is set.</summary>
    public ExpiryCharges Charges { get; }

    /// <summary>What people may have to be told.</summary>
    public NodeAlerts Alerts { get; }

    public bool Exists { get; private set; }

    /// <summary>It has a budget or usage, or is above one that has. What is not known is a name that somebody has made up, so far.</summary>
    public bool IsKnown => Exists || Account.Budget is not null;

    public long Version { get; private set; } = -1;

    public int ExpiredToday { get; private set; }

    public Stamp NextStamp() => _stamps.Next();

    /// <summary>
    /// Whether holds of a reservation that is not known here any more may be left at other nodes, and may be ended there (R15). Not while this very attempt is
    /// open, whatever else the claim says. While a later attempt is under way, nodes that it has not asked yet may still hold this one. Nothing is held for an
    /// attempt that was never made here: such an id comes from after the backup from which this ledger was restored.
    /// </summary>
    public bool MayHaveLeft(in ReservationClaim claim, Moment now) =>
        _stamps.MayHaveIssued(claim.Attempt)
        && (Reservations.Find(claim.Key, now) is not { State: ReservationState.Held or ReservationState.Settling } open || open.Attempt > claim.Attempt);

    /// <summary>The settings of the tenant; defaults where it is not known (yet).</summary>
    public TenantSettings Tenant =>
        Services.Catalog.Current.Policies.TenantOf(Path) ?? (_unknownTenant ??= TenantSettings.New(CostCenterId.TenantOf(Path)));

    /// <summary>The instant, with every hold that is overdue at it expired: the first thing in every command.</summary>
    public Moment Now()
    {
        var now = Moment.Of(Services.Clock);
        while (Account.Overdue(now) is { } overdue)
        {
            if (Charges.TryTake(overdue, now)) continue;
            Account.TakeOverdue(now);
            if (overdue.Owner == Path && Reservations.Find(overdue.Key, overdue.Attempt, now) is { State: ReservationState.Held } reservation) Lapse(reservation, now);
        }

        Charges.Send();
        return now;
    }

    /// <summary>The hold of a reservation has ended at its deadline, and nothing was booked for it.</summary>
    public void Lapse(Reservation reservation, Moment now)
    {
        Reservations.End(reservation, ReservationState.Expired, now);
        CountExpired(reservation, now);
        // Nobody waits for the outcome, so the write needs no time limit.
        if (reservation.Stored) _ = StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, null), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes what the ledger says of budget, increases and pauses if it is newer, and balances where they are.</summary>
    public void Learn(NodeState state)
    {
        Exists |= state.Exists;
        foreach (var day in state.Days) Account.Node.Balances.SetDay(day.Date, day.Balance);
        foreach (var month in state.Months) Account.Node.Balances.SetMonth(month.Date, month.Balance);
        var changed = Version >= 0 && state.Version > Version;
        if (state.Version >= Version)
        {
            Version = state.Version;
            Account.SetBudget(state.Budget, state.HasUserBudgets, state.Increases, state.Pauses);
        }

        Alerts.LearnedLimits(Account.Node, changed);
    }

    /// <summary>Takes balances that a commit made.</summary>
    public void Learn(IReadOnlyList<DateBalances> balances)
    {
        foreach (var b in balances)
        {
            var account = b.User is null ? Account.Node : Account.Sides.Resident(AccountKind.User, b.User);
            if (account is not null) Learn(account, b.Date, b.Day, b.Month, b.Corrected);
            else WatchSide(AccountKind.User, b.User!);
            Exists = true;
        }
    }

    /// <summary>The ledger has told of usage here.</summary>
    public void MarkExisting() => Exists = true;

    /// <summary>Takes the balances of one account.</summary>
    public void Learn(LimitedAccount account, DateOnly date, Balance day, Balance month, bool corrected)
    {
        account.Balances.SetDay(date, day);
        account.Balances.SetMonth(Window.Containing(Period.Monthly, date), month);
        if (account.Loaded) Alerts.Learned(account, date, corrected ? AlertCause.Correction : AlertCause.Usage);
    }

    /// <summary>True when the side accounts that a decision for this user and owner asks are in memory; else <see cref="LoadSidesAsync"/> first.</summary>
    public bool SidesReady(string user, string owner) =>
        (!Account.Sides.TracksUsers || Account.Sides.UserFor(user) is { Loaded: true })
        && (!Account.Sides.TracksChildren || owner.Length <= Path.Length || Account.Sides.ChildFor(Path, owner) is { Loaded: true });

    /// <summary>Reads side accounts from the ledger. Waits: budgets and holds may be others afterwards.</summary>
    public async Task LoadSidesAsync(string user, string owner)
    {
        await LoadSideAsync(AccountKind.User, user);
        if (Account.Sides.TracksChildren && owner.Length > Path.Length) await LoadSideAsync(AccountKind.Child, SideAccounts.ChildOn(Path, owner));
    }

    /// <summary>Reads a side account again after a change of its budget, if it is in memory.</summary>
    public Task ReloadAsync(AccountKind kind, string name) =>
        Account.Sides.Resident(kind, name) is { } side ? LoadAsync(side, reload: true) : Task.CompletedTask;

    /// <summary>There was usage of a side account that may not be in memory: it is read, so that its thresholds are watched.</summary>
    public void WatchSide(AccountKind kind, string name) => _unwatched.Read(kind, name);

    /// <summary>Reads a side account, where such are tracked, if it is not in memory. Waits: budgets and holds may be others afterwards.</summary>
    public async Task LoadSideAsync(AccountKind kind, string name)
    {
        if (kind == AccountKind.User ? Account.Sides.TracksUsers : Account.Sides.TracksChildren) await LoadAsync(Account.Sides.Open(kind, name), reload: false);
    }

    /// <summary>Waits until no command is under way on the reservation. Its state may be any other afterwards. Throws when this memory is given up meanwhile.</summary>
    public Task WhenFreeAsync(Reservation reservation)
    {
        if (!reservation.Busy) return Task.CompletedTask;
        if (_isBroken) return Task.FromException(GivenUp());
        // Made only when a command has to wait, which is rare.
        ref var wait = ref CollectionsMarshal.GetValueRefOrAddDefault(_waits ??= [], reservation, out _);
        return (wait ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Until the occupation is over other commands on the reservation wait, and its hold does not expire.</summary>
    public Occupation Occupy(Reservation reservation)
    {
        reservation.Busy = true;
        if (Account.Find(reservation.Key) is { } hold) Account.SetDeadline(hold, hold.ExpiresAt, long.MaxValue);
        return new Occupation(this, reservation);
    }

    /// <summary>Puts a granted ask of its own into force. The reservation is busy, so its deadline does not run yet.</summary>
    public void ApplyOwn(in Ask ask, in Verdict verdict, Moment now) =>
        Account.SetDeadline(Account.Apply(ask, verdict, now, TimeSpan.Zero), ask.ExpiresAt, long.MaxValue);

    /// <summary>At an ancestor: a hold that is SETTLING at its owner does not lapse here.</summary>
    public void Keep(KeepHoldsRequest request, Moment now)
    {
        foreach (var kept in request.Holds)
        {
            var until = now.MonotonicTicks + request.For.Ticks;
            if (Account.Find(kept.Key) is { } hold && hold.Attempt == new Stamp(kept.Attempt) && hold.Deadline < until) Account.SetDeadline(hold, hold.ExpiresAt, until);
        }
    }

    /// <summary>Lets waiting commands go on; the deadline of an open hold runs again. Called by the <see cref="Occupation"/>.</summary>
    public void Free(Reservation reservation)
    {
        reservation.Busy = false;
        if (_waits is not null && _waits.Remove(reservation, out var wait)) End(wait);
        if (reservation.State == ReservationState.Held && Account.Find(reservation.Key) is { } hold && hold.Attempt == reservation.Attempt)
        {
            Account.SetDeadline(hold, reservation.ExpiresAt, reservation.Deadline);
        }
    }

    /// <summary>
    /// A command on the reservation ended with an exception. The reservation stays busy, so that nobody uses it or hands it over to the ledger; whoever waits
    /// for it is answered with an exception. Called by the <see cref="Occupation"/>.
    /// </summary>
    public void Fail(Reservation reservation)
    {
        _isBroken = true;
        if (_waits is not null && _waits.Remove(reservation, out var wait)) End(wait);
        _break($"a command on the reservation {reservation.Key} ended with an exception");
    }

    private void End(TaskCompletionSource wait)
    {
        if (_isBroken) wait.TrySetException(GivenUp());
        else wait.TrySetResult();
    }

    private LedgerUnavailableException GivenUp() => new($"The cost center {Path} is read again from the ledger.");

    /// <summary>Takes work at other nodes for which no command waits. It never fails.</summary>
    public void Finish(Task work)
    {
        _unfinished?.RemoveAll(static w => w.IsCompleted);
        (_unfinished ??= []).Add(work);
    }

    /// <summary>Waits for the work at other nodes: after a graceful stop nobody would do it.</summary>
    public Task FinishedAsync() => _unfinished is null ? Task.CompletedTask : Task.WhenAll(_unfinished);

    /// <summary>Writes a change of a durable hold. <see cref="HoldOutcome.Unavailable"/> when it is not known to be written within the time.</summary>
    public async Task<HoldOutcome> StoreAsync(HoldChange change, TimeSpan within)
    {
        var submission = new Submission(Path, [], change, bulk: false);
        if (Services.Writer.Submit(submission) != SubmitStatus.Accepted) return HoldOutcome.Unavailable;
        try
        {
            await CommittedAsync(submission).WaitAsync(within, Services.Clock);
            return submission.HoldOutcome;
        }
        catch (TimeoutException)
        {
            Services.Writer.TryWithdraw(submission);
            return HoldOutcome.Unavailable;
        }
    }

    // `WaitAsync` directly on the task of a `TaskCompletionSource` completes on the thread pool and would break determinism.
    private static async Task CommittedAsync(Submission submission) => await submission.Committed;

    /// <summary>The row that the ledger keeps for a reservation.</summary>
    public DurableHold ToStored(Reservation reservation, Hold hold, bool durable) => new(
        reservation.Key, Path, reservation.User, reservation.Model, reservation.RequestId, reservation.ContentHash, reservation.Attempt, hold.Revision, reservation.Date,
        reservation.Granted, hold.Left, reservation.Settled, reservation.Ttl, reservation.CreatedAt, reservation.ExpiresAt, reservation.OverLimit, durable,
        [Path, .. Ancestors], Epoch == 0 ? [] : reservation.Epochs);

    private void CountExpired(Reservation lapsed, Moment now)
    {
        Services.ActiveNodes.CountExpired();
        var today = Tenant.Calendar.DateOf(now.Utc);
        if (_expiredOn != today)
        {
            ExpiredToday = 0;
            Alerts.Unsettled(lapsed);
        }

        _expiredOn = today;
        ExpiredToday++;
    }

    private async Task LoadAsync(LimitedAccount side, bool reload)
    {
        var key = (side.Kind, side.Name);
        while (_loads is not null && _loads.TryGetValue(key, out var under))
        {
            await under;
            if (!reload) return;
        }

        if (side.Loaded && !reload) return;
        var load = ReadAsync(side);
        (_loads ??= []).Add(key, load);
        side.IsBeingRead = true;
        try
        {
            await load;
        }
        finally
        {
            side.IsBeingRead = false;
            _loads.Remove(key);
        }
    }

    private async Task ReadAsync(LimitedAccount side)
    {
        var state = side.Kind == AccountKind.User
            ? await Services.Registrar.ReadUserAsync(Path, side.Name)
            : await Services.Registrar.ReadChildAsync(side.Name);
        // An update that came meanwhile has a newer version and stays.
        foreach (var day in state.Days) side.Balances.SetDay(day.Date, day.Balance);
        foreach (var month in state.Months) side.Balances.SetMonth(month.Date, month.Balance);
        side.SetBudget(state.Budget?.Own, state.Increases);
        side.Loaded = true;
        Alerts.LearnedLimits(side, changed: false);
    }
}
