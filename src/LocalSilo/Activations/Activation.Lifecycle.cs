using Orleans;
using Orleans.Core;
using Orleans.Runtime;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>Beginning and end.</summary>
internal sealed partial class Activation
{
    private ActivationExtras Extras => _extras ?? Interlocked.CompareExchange(ref _extras, new(), null) ?? _extras!;

    public Task Deactivated
    {
        get
        {
            lock (this)
            {
                if (_state >= ActivationState.Ended) return Task.CompletedTask;
                return (Extras.Deactivated ??= new(Silo.Scheduler.ReplyOptions)).Task;
            }
        }
    }

    internal async Task ActivateAsync()
    {
        DeactivationReason? failure = null;
        var cancellation = new CancellationTokenSource();
        Extras.Activating = cancellation;
        try
        {
            GrainInstance = Construct();
            foreach (var state in Extras.States ?? []) await state.ReadStateAsync();
            Extras.States = null;
            if (GrainInstance is IGrainBase grain) await Bounded(grain.OnActivateAsync(cancellation.Token), cancellation, Silo.Options.ActivationTimeout);
        }
        catch (Exception exception)
        {
            failure = exception is OperationCanceledException && cancellation.IsCancellationRequested
                ? new(DeactivationReasonCode.RuntimeRequested, exception, "Activation was cancelled by the runtime.")
                : new(DeactivationReasonCode.ActivationFailed, exception, "Failed to activate grain.");
            if (_state == ActivationState.Activating) Silo.Log.ActivationFailed(exception, this);
        }

        lock (this)
        {
            Extras.Activating = null;
            _transition = false;
            _recheck = true;
            if (failure is null && _state == ActivationState.Activating) _state = ActivationState.Valid;
            TrimExtras();
        }

        if (failure is { } reason) Deactivate(reason);
    }

    internal void AddState(IStorage state) => (Extras.States ??= []).Add(state);

    private object Construct()
    {
        t_creating = this;
        try
        {
            return GrainClass.Construct(this);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Failed to create an instance of grain type '{GrainClass.Name}'.", exception);
        }
        finally
        {
            t_creating = null;
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        var schedule = false;
        CancellationTokenSource? activating = null;
        lock (this)
        {
            if (_state >= ActivationState.Ended) return;
            if (Extras.Reason.ReasonCode == DeactivationReasonCode.None) Extras.Reason = deactivationReason;
            if (_state == ActivationState.Deactivating) return;
            Extras.WasValid = _state == ActivationState.Valid;
            activating = Extras.Activating;
            _state = ActivationState.Deactivating;
            _recheck = true;
            if (!_owned) schedule = _owned = true;
        }

        activating?.Cancel();
        if (schedule) Silo.Scheduler.Schedule(this);
    }

    internal async Task DeactivateAsync()
    {
        DisposeTimers();
        if (Extras.WasValid && GrainInstance is IGrainBase grain)
        {
            var cancellation = new CancellationTokenSource();
            try
            {
                await Bounded(grain.OnDeactivateAsync(Extras.Reason, cancellation.Token), cancellation, Silo.Options.DeactivationTimeout);
            }
            catch (Exception exception)
            {
                // Nobody waits for the grain that could be told; as in Orleans, the deactivation goes on.
                Silo.Log.DeactivationFailed(exception, this);
            }
        }

        await DisposeInstance();
        End();
    }

    /// <summary>Cancels and gives up when the time is over; arms a timer only for what is really pending.</summary>
    private async Task Bounded(Task task, CancellationTokenSource cancellation, TimeSpan limit)
    {
        if (!task.IsCompleted)
        {
            await using var timer = Silo.Time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), cancellation, limit, Timeout.InfiniteTimeSpan);
            await task.WaitAsync(cancellation.Token);
            return;
        }

        await task;
    }

    private async Task DisposeInstance()
    {
        try
        {
            if (GrainInstance is IAsyncDisposable asyncDisposable) await asyncDisposable.DisposeAsync();
            else (GrainInstance as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            Silo.Log.DeactivationFailed(exception, this);
        }
    }

    private void End()
    {
        var requests = new List<Request>();
        TaskCompletionSource? deactivated;
        lock (this)
        {
            if (_state == ActivationState.Killed) return;
            _state = ActivationState.Ended;
            _waiting.MoveRequestsTo(requests);
            _turns.MoveRequestsTo(requests);
            deactivated = Extras.Deactivated;
        }

        _table.Remove(this);
        foreach (var request in requests) request.Return(Extras.Reason.Exception);
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
}
