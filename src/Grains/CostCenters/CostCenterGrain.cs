using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using Orleans.Concurrency;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>The cost center as a virtual actor: reads itself from the ledger, translates calls, keeps awake while it holds anything. The rules are elsewhere.</summary>
[Reentrant]
public sealed class CostCenterGrain(IGrainContext context, CostCenterServices services) : Grain(context), ICostCenterGrain
{
    /// <summary>A node stays in memory this much longer than its last hold.</summary>
    private static readonly TimeSpan _stayAwake = TimeSpan.FromSeconds(60);

    private static readonly DeactivationReason _idle = new(DeactivationReasonCode.ActivationIdle, "Nobody asks the cost center, and it holds nothing.");
    private static readonly DeactivationReason _takenOver = new(DeactivationReasonCode.ApplicationRequested, "Another process has taken the cost center over.");

    private NodeTurns _turns = null!;
    private CostCenterNode _node = null!;
    private ReservationCommands _reservations = null!;
    private UsageCommands _usage = null!;
    private ExpiryTimer? _expiry;

    /// <summary>In monotonic ticks: until then it stays in memory. Written in turns only.</summary>
    private long _awakeUntil;

    private string? _broken;
    private bool _isEnding;
    private ActiveNode? _active;
    private Task? _reading;

    /// <summary>This node counts against the limits of new nodes, until it is known.</summary>
    private bool _hasPlace;

    /// <summary>Unknown, and beyond the limits of new nodes: it leaves memory as soon as it may.</summary>
    private bool _isSurplus;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _turns = new NodeTurns(TaskScheduler.Current);
        return _turns.RunAsync(this, static grain => DoneAsync(grain.ActivateAsync()));
    }

    private async Task ActivateAsync()
    {
        if (services.NewNodes is { } limit && !(_hasPlace = limit.TryTake(Path, out _)))
        {
            // Read without taking it over, which leaves no row behind. There is nothing to decide here until a command comes that must not be refused.
            _isSurplus = IsNew(await services.Registrar.ReadAgainAsync(Path));
            if (_isSurplus)
            {
                // Nobody looks whether one that is not read is idle.
                WakeAt(Moment.Of(services.Clock).MonotonicTicks + services.IdleAfter.Ticks);
                return;
            }
        }

        await ReadAsync();
    }

    private bool IsRead => _node is not null;

    private string Path => this.GetPrimaryKeyString();

    private static bool IsNew(NodeState state) => !state.Exists && state.Budget is null && state.Holds.Count == 0;

    /// <summary>Reads the node and takes it over, once. Waits. The first of several calls starts it, and all of them get the same node.</summary>
    private async Task ReadAsync()
    {
        var reading = _reading ??= ReadOnceAsync();
        try
        {
            await reading;
        }
        catch
        {
            // The next command tries again, unless another call has already started: a node that is read twice would forget its holds.
            if (_reading == reading) _reading = null;
            throw;
        }
    }

    private async Task ReadOnceAsync()
    {
        using var reading = services.ActiveNodes.BeginReading(Path);
        try
        {
            var (state, tenure) = await reading.ReadAsync(services.Registrar);
            if (!IsNew(state)) LeavePlace();
            Begin(state, tenure);
        }
        catch
        {
            LeavePlace();
            throw;
        }
    }

    /// <summary>
    /// A reservation of a later epoch suggests that another process has taken this node over, which a paused process may not know yet. The next renewal of the
    /// lease, within a second, tells; an id may also be invented, or come from before a backup was restored.
    /// </summary>
    private async Task<bool> IsLatestAsync(long attempt)
    {
        if (new Stamp(attempt).Epoch <= _node.Epoch || _node.Tenure == NodeTenure.Exclusive) return true;
        return await services.Health.RenewedAsync(services.Options.OutageGrace) && !_node.Tenure.IsOver;
    }

    private LedgerUnavailableException TakenOver() => new($"Another process has the cost center {_node.Path}.");

    private static PostReply Unavailable(PostRequest request) => new([.. request.Records.Select(r => UsageCommands.Unavailable(r.Row))]);

    private void LeavePlace()
    {
        if (_hasPlace) services.NewNodes!.GiveBack(Path);
        _hasPlace = false;
    }

    private void Begin(NodeState state, NodeTenure tenure)
    {
        var calls = services.CallsOver(GrainFactory);
        _node = new CostCenterNode(services, state, tenure, node => new ExpiryCharges(node, calls, WatchAgain), Break);
        _reservations = new ReservationCommands(_node, calls);
        _usage = new UsageCommands(_node, calls, _reservations);
        StoredHolds.Restore(_node, state.Holds);
        CountAsUsed();
        _active = services.ActiveNodes.Add(_node, this, _turns);
        if (_node.Account.Node.Balances.Fault() is { } fault) StayBroken(fault);
        Watch();
        if (tenure != NodeTenure.Exclusive) tenure.WhenLost(() => GrainContext.Deactivate(_takenOver, CancellationToken.None));
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _turns.RunAsync(this, static grain => DoneAsync(grain.EndAsync()));

    private async Task EndAsync()
    {
        _isEnding = true;
        _expiry?.Dispose();
        if (_active is not null)
        {
            services.ActiveNodes.Remove(_active);
            await _active.DrainAsync();
        }

        // A node that another process has taken over belongs to that process: nothing may be handed over to it.
        if (!IsRead || !services.Registrar.End(_node.Path, _node.Tenure)) return;
        await _node.FinishedAsync().AtMostAsync(services.Options.OutageGrace, services.Clock);
        await StoredHolds.HandOverAsync(_node);
        // Waiting longer than OutageGrace has no benefit: by then the next activation may grant anyway.
        await services.Registrar.GiveUpAsync(_node.Path, _node.Tenure).AtMostAsync(services.Options.OutageGrace, services.Clock);
    }

    public Task<ReserveReply> Reserve(ReserveRequest request) => RunAsync(request, static (grain, r) => grain.NotedAsync("a check", grain.ReserveAsync(r)));

    public Task<ReserveReply> Extend(ExtendRequest request) => RunAsync(request, static (grain, r) => grain.NotedAsync("an extension", grain.ExtendAsync(r)));

    public Task<ReleaseReply> Release(ReleaseRequest request) => RunAsync(request, static (grain, r) => grain.NotedAsync("a release", grain.ReleaseAsync(r)));

    public Task<ReservationReply> Find(FindRequest request) => RunAsync(request, static (grain, r) => grain.FindAsync(r));

    private async Task<ReservationReply> FindAsync(FindRequest request)
    {
        if (!IsRead) await ReadAsync();
        if (!await IsLatestAsync(request.Attempt)) throw TakenOver();
        return _reservations.Find(request) ?? NodeViews.Forgotten(_node.Path, request);
    }

    public Task<PostReply> Post(PostRequest request) => RunAsync(request, static (grain, r) => grain.NotedAsync("a post", grain.PostAsync(r)));

    public Task<HoldReply> Hold(HoldRequest request) => RunAsync(request, static (grain, r) => grain.NotedAsync("the ask of an owner", grain.HoldAsync(r)));

    public Task EndHold(EndHoldRequest request) => RunAsync(request, static (grain, r) => DoneAsync(grain.EndHoldAsync(r)));

    private async Task EndHoldAsync(EndHoldRequest request)
    {
        if (!IsRead) await ReadAsync();
        _node.Account.End(request.Key, new Stamp(request.Attempt), _node.Now());
        Watch();
    }

    public Task KeepHolds(KeepHoldsRequest request) => RunAsync(request, static (grain, r) => DoneAsync(grain.KeepHoldsAsync(r)));

    private async Task KeepHoldsAsync(KeepHoldsRequest request)
    {
        if (!IsRead) await ReadAsync();
        _node.Keep(request, _node.Now());
        Watch();
    }

    public Task Notify(CommitNotification notification) => RunAsync(notification, static (grain, r) => DoneAsync(grain.NotifyAsync(r)));

    private async Task NotifyAsync(CommitNotification notification)
    {
        if (!IsRead) await ReadAsync();
        CommitNotifications.Apply(_node, notification, _node.Now());
        Watch();
    }

    public Task Refresh(RefreshRequest request) => RunAsync(request, static (grain, r) => DoneAsync(grain.RefreshAsync(r)));

    private async Task RefreshAsync(RefreshRequest request)
    {
        if (!IsRead) await ReadAsync();
        _node.Learn(await services.Registrar.ReadAgainAsync(_node.Path));
        if (request.Sides) _node.Account.Sides.Unload();
        if (request.User is not null) await _node.ReloadAsync(AccountKind.User, request.User);
        if (request.Child is not null) await _node.ReloadAsync(AccountKind.Child, request.Child);
        // An administrator changed this node, and may have repaired it: reload it.
        if (_broken is not null) DeactivateOnIdle();
        Watch();
    }

    public Task<NodeView> View(ViewRequest request) => RunAsync(request, static (grain, r) => grain.ViewAsync(r));

    private async Task<NodeView> ViewAsync(ViewRequest request)
    {
        if (!IsRead) await ReadAsync();
        if (!request.Children.IsDefaultOrEmpty)
        {
            foreach (var child in request.Children) await _node.LoadSideAsync(AccountKind.Child, child);
        }

        return NodeViews.Of(_node, request, _broken);
    }

    /// <summary>Nobody has asked it for <see cref="CostCenterServices.IdleAfter"/>, and it holds nothing. Asked from outside of its turns.</summary>
    internal bool IsIdle(long now) => Volatile.Read(ref _awakeUntil) <= now;

    /// <summary>Ends as soon as what is under way here has ended.</summary>
    internal void EndIdle() => GrainContext.Deactivate(_idle, CancellationToken.None);

    private void StayAwake(long until)
    {
        if (until > _awakeUntil) Volatile.Write(ref _awakeUntil, until);
    }

    private void CountAsUsed() => StayAwake(Moment.Of(services.Clock).MonotonicTicks + services.IdleAfter.Ticks);

    /// <summary>Runs a command in a turn of the node, whether it came as a message or as a direct turn.</summary>
    private Task<TReply> RunAsync<TRequest, TReply>(TRequest request, Func<CostCenterGrain, TRequest, Task<TReply>> command) =>
        _turns.RunAsync((Grain: this, Request: request, Command: command), static t =>
        {
            t.Grain.CountAsUsed();
            return t.Command(t.Grain, t.Request);
        });

    private static async Task<bool> DoneAsync(Task command)
    {
        await command;
        return true;
    }

    /// <summary>
    /// If a command ends with an exception, its caller may answer that as an outage. If it is a bug it is noted here, where it happened; and a bug may have left the node in a state that
    /// breaks an invariant, so that is looked at as after any other command.
    /// </summary>
    private Task<TReply> NotedAsync<TReply>(string where, Task<TReply> command) => command.IsCompletedSuccessfully ? command : NoteAsync(where, command);

    private async Task<TReply> NoteAsync<TReply>(string where, Task<TReply> command)
    {
        try
        {
            return await command;
        }
        catch (Exception fault)
        {
            if (services.Faults.Note(fault, where) && IsRead && _broken is null && _node.Account.Node.Balances.Fault() is { } broken) Break(broken);
            throw;
        }
    }

    private async Task<ReserveReply> ReserveAsync(ReserveRequest request)
    {
        if (!IsRead)
        {
            // Asked again, since a new minute may have begun. Until then there is nothing that it could answer.
            if (!_hasPlace && services.NewNodes is { } limit && !(_hasPlace = limit.TryTake(Path, out var wait))) return TooManyNew(limit, wait);
            await ReadAsync();
        }

        if (_broken is not null && !request.DryRun) return Broken();
        var reply = await _reservations.ReserveAsync(request);
        Watch();
        return _node.IsKnown ? reply : reply with { New = true };
    }

    private async Task<ReserveReply> ExtendAsync(ExtendRequest request)
    {
        if (!IsRead) await ReadAsync();
        if (!await IsLatestAsync(request.Attempt)) throw TakenOver();
        if (_broken is not null) return Broken();
        var reply = await _reservations.ExtendAsync(request);
        Watch();
        return reply;
    }

    private async Task<ReleaseReply> ReleaseAsync(ReleaseRequest request)
    {
        if (!IsRead) await ReadAsync();
        if (!await IsLatestAsync(request.Attempt)) throw TakenOver();
        var reply = await _reservations.ReleaseAsync(request);
        Watch();
        return reply;
    }

    private async Task<PostReply> PostAsync(PostRequest request)
    {
        // Usage is never refused, however many new names it has.
        if (!IsRead) await ReadAsync();
        if (request.Records.Length > 0 && !await IsLatestAsync(request.Records.Max(r => r.Reservation?.Attempt ?? 0))) return Unavailable(request);
        var reply = await _usage.PostAsync(request);
        Watch();
        if (_isSurplus && _node.Account.Holds.Count == 0) DeactivateOnIdle();
        return reply;
    }

    private async Task<HoldReply> HoldAsync(HoldRequest request)
    {
        if (!IsRead) await ReadAsync();
        // Giving back, or more time alone, is never refused, so it needs no side account and no ledger.
        while (!request.Lower && !_node.SidesReady(request.User, request.Owner)) await _node.LoadSidesAsync(request.User, request.Owner);
        if (request.EndsEarlier) _node.Account.EndEarlier(request.Key, new Stamp(request.Attempt), _node.Now());
        var answer = _broken is null || request.Lower || request.DryRun
            ? _node.Answer(request.ToAsk(), _node.Now(), request.DryRun, request.Explain, request.VisibleDepth)
            : NodeAnswers.Unavailable(_node);
        Watch();
        return answer.ToReply();
    }

    /// <summary>Runs after every command: checks the invariants, sets the timer for the next hold that lapses, and keeps the node awake while it holds anything.</summary>
    private void Watch()
    {
        _node.Alerts.Flush();
        if (_broken is null && _node.Account.Node.Balances.Fault() is { } fault) Break(fault);
        StoredHolds.ForgetEnded(_node);
        if (_node.Account.NextDeadline is not { } next || next == long.MaxValue) return;
        StayAwake(next + _stayAwake.Ticks);
        if (!_isEnding) WakeAt(next);
    }

    private void WakeAt(long at) => (_expiry ??= new ExpiryTimer(services.Clock, OnDue)).Set(at);

    private void OnDue() => _turns.Post(static grain => ((CostCenterGrain)grain!).Expire(), this);

    /// <summary>After work for which no command waited.</summary>
    private void WatchAgain()
    {
        if (!_isEnding) Watch();
    }

    private void Expire()
    {
        if (!IsRead) EndIdle();
        if (_isEnding || !IsRead) return;
        _expiry!.IsOver();
        _node.Now();
        Watch();
    }

    /// <summary>An invariant does not hold, or a command ended half-way: nothing is allowed from this memory any more. The next activation reads the ledger.</summary>
    private void Break(string fault)
    {
        if (_broken is not null) return;
        _broken = fault;
        _active!.IsBroken = true;
        DeactivateOnIdle();
    }

    /// <summary>
    /// Broken in the ledger itself, so reading it again would not help. Nothing is allowed until an administrator has repaired the ledger and written anything
    /// to the cost center.
    /// </summary>
    private void StayBroken(string fault)
    {
        _broken = fault;
        _active!.IsBroken = true;
        StayAwake(long.MaxValue);
    }

    /// <summary>Rejects a node beyond the limits of new nodes. It leaves memory at once, and was never taken over.</summary>
    private ReserveReply TooManyNew(NewNodes limit, TimeSpan wait)
    {
        limit.Refuse();
        DeactivateOnIdle();
        return Broken() with { Reason = DenialReason.RateLimited, LapseAfter = wait, New = true };
    }

    private static ReserveReply Broken() =>
        new(DenialReason.LedgerUnavailable, 0, 0, default, default, false, false, null, null, null, null, [], default);
}
