using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.SimulatedSilo.Streams;
using Orleans.Serialization.Invocation;

namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>
/// One activation of a grain: it decides what starts when, between beginning and end. It is kept small: queues are linked lists of
/// their turns, and what is rare is in <see cref="ActivationExtras"/>.
/// </summary>
internal sealed class Activation : TurnScheduler, IGrainContext
{
    private readonly GrainTable _table;
    private TurnQueue _waiting;
    private RequestGate _gate;
    private Idleness _idleness;
    private Transition? _transition;
    private ActivationExtras? _extras;
    private ActivationState _state;

    internal Activation(GrainTable table, string key)
    {
        _table = table;
        Key = key;
        _idleness = new(Silo.Age);
    }

    public object? GrainInstance { get; internal set; }

    public Task Deactivated
    {
        get
        {
            lock (this)
            {
                if (_state >= ActivationState.Ended) return Task.CompletedTask;
                return (Extras.Deactivated ??= new(Scheduler.ReplyOptions)).Task;
            }
        }
    }

    internal string Key { get; }

    internal InProcessSilo Silo => _table.Silo;

    internal GrainClass GrainClass => _table.GrainClass;

    private protected override SiloScheduler Scheduler => Silo.Scheduler;

    // What Orleans' own types ask of a context; a grain sees the activation through these only.
    public GrainId GrainId => _table.IdOf(Key);

    public GrainReference GrainReference => Silo.ReferenceTo(_table, Key);

    public ActivationId ActivationId { get; } = default;

    public GrainAddress Address => new() { GrainId = GrainId, ActivationId = ActivationId, SiloAddress = Silo.Address };

    public IServiceProvider ActivationServices => Silo.ActivationServices;

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException("The simulated silo has no lifecycle: grains override OnActivateAsync.");

    IWorkItemScheduler IGrainContext.Scheduler => throw new NotSupportedException();

    object? ITargetHolder.GetTarget() => GrainInstance;

    object? ITargetHolder.GetComponent(Type componentType) => null;

    void IGrainContext.SetComponent<TComponent>(TComponent? value) where TComponent : class => throw new NotSupportedException();

    void IGrainContext.ReceiveMessage(object message) => throw new NotSupportedException();

    void IGrainContext.Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    void IGrainContext.Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    void IGrainContext.Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    bool IEquatable<IGrainContext>.Equals(IGrainContext? other) => ReferenceEquals(this, other);

    internal override bool IsDead => _state == ActivationState.Killed;

    // Under the lock only.
    private ActivationExtras Extras => _extras ??= new();

    public override string ToString() => $"{GrainClass.Name}/{Key}";

    /// <summary>Queues a request; false if the activation is over.</summary>
    internal bool TryEnqueue(Activations.Request request)
    {
        lock (this)
        {
            if (_state >= ActivationState.Ended) return false;
            request.Target = this;
            _turns.Enqueue(request);
            if (!TryOwn()) return true;
        }

        Scheduler.Schedule(this);
        return true;
    }

    /// <summary>A request that was started has come to its end.</summary>
    internal void OnEnded(Activations.Request request)
    {
        lock (this)
        {
            _gate.Leave(request);
            if (request.KeepsAlive) _idleness.Touch(Silo.Age);
            if (_waiting.IsEmpty && _state != ActivationState.Deactivating) return;
            _recheck = true;
            if (!TryOwn()) return;
        }

        Scheduler.Schedule(this);
    }

    internal bool MayStart(Activations.Request request)
    {
        var isOpen = _state == ActivationState.Valid || (request.IsLocal && _state == ActivationState.Deactivating && _transition is null);
        return isOpen && _gate.Admits(request, GrainClass.IsReentrant);
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        bool schedule;
        Transition? beginning;
        lock (this)
        {
            if (_state >= ActivationState.Deactivating) return;
            Extras.Ending = new(this, deactivationReason, wasValid: _state == ActivationState.Valid);
            _state = ActivationState.Deactivating;
            beginning = _transition;
            _recheck = true;
            schedule = TryOwn();
        }

        beginning?.Cancel();
        if (schedule) Scheduler.Schedule(this);
    }

    internal void OnBegun(DeactivationReason? failure)
    {
        lock (this)
        {
            _transition = null;
            _recheck = true;
            if (failure is null && _state == ActivationState.Activating) _state = ActivationState.Valid;
        }

        if (failure is { } reason) Deactivate(reason);
    }

    internal void OnEnded(Ending ending)
    {
        var requests = new List<Activations.Request>();
        TaskCompletionSource? deactivated;
        lock (this)
        {
            if (IsDead) return;
            _state = ActivationState.Ended;
            _waiting.MoveRequestsTo(requests);
            _turns.MoveRequestsTo(requests);
            deactivated = Extras.Deactivated;
        }

        _table.Remove(this);
        foreach (var request in requests) request.Return(ending.Error);
        deactivated?.TrySetResult();
    }

    /// <summary>The crash: whatever has not run yet never does, OnDeactivateAsync included.</summary>
    internal void Kill()
    {
        TaskCompletionSource? deactivated;
        lock (this)
        {
            if (_state >= ActivationState.Ended) return;
            _state = ActivationState.Killed;
            _waiting = default;
            _turns = default;
            deactivated = _extras?.Deactivated;
        }

        DisposeTimers();
        _table.Remove(this);
        deactivated?.TrySetResult();
    }

    internal void DelayDeactivation(TimeSpan span) => _idleness.KeepFor(span, Silo.Time);

    /// <summary>Ends the activation if nothing has used it for so many ages of the silo.</summary>
    internal bool TryCollect(int ages, long now, in DeactivationReason reason)
    {
        // A look without the lock spares the busy ones.
        if (!_idleness.HasLasted(ages, Silo.Age, now)) return false;
        lock (this)
        {
            if (_state != ActivationState.Valid || IsOwned || !_gate.IsFree || !_idleness.HasLasted(ages, Silo.Age, now)) return false;
            Deactivate(reason);
            return true;
        }
    }

    internal IGrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new GrainTimer(this, callback, options);
        lock (this)
        {
            (Extras.Timers ??= []).Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    internal void Forget(GrainTimer timer)
    {
        lock (this)
        {
            _extras?.Timers?.Remove(timer);
        }
    }

    internal void DisposeTimers()
    {
        List<GrainTimer>? timers;
        lock (this)
        {
            timers = _extras?.Timers;
            if (timers is null) return;
            _extras!.Timers = null;
        }

        foreach (var timer in timers) timer.Dispose();
    }

    /// <summary>Who in the grain receives a stream.</summary>
    internal object? ObserverOf(MemoryStreamToken token)
    {
        lock (this)
        {
            return _extras?.Observers?.GetValueOrDefault((token.Provider, token.Stream));
        }
    }

    internal void Resume(MemoryStreamToken token, object observer)
    {
        lock (this)
        {
            (Extras.Observers ??= [])[(token.Provider, token.Stream)] = observer;
        }
    }

    /// <summary>The next thing to run, under the lock. Requests that have waited come first, since an end has set them free.</summary>
    private protected override Turn? Next()
    {
        if (IsDead) return null;
        if (_state == ActivationState.Created)
        {
            _state = ActivationState.Activating;
            return _transition = new Beginning(this);
        }

        if (_recheck)
        {
            if (_state == ActivationState.Deactivating && _gate.IsFree && _transition is null) return _transition = Extras.Ending;
            if (_waiting.DequeueFirst(this) is { } freed) return Entered(freed);
            _recheck = false;
        }

        while (_turns.Dequeue() is { } turn)
        {
            if (turn is not Activations.Request request) return turn;
            if (MayStart(request)) return Entered(request);
            _waiting.Enqueue(request);
        }

        return null;
    }

    private Activations.Request Entered(Activations.Request request)
    {
        _gate.Enter(request);
        return request;
    }
}
