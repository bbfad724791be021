using Orleans;
using Orleans.Runtime;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>Timers and idle collection.</summary>
internal sealed partial class Activation
{
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

    private void DisposeTimers()
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

    internal void DelayDeactivation(TimeSpan span)
    {
        var until = span == TimeSpan.MaxValue || span == Timeout.InfiniteTimeSpan ? long.MaxValue
            : span <= TimeSpan.Zero ? 0
            : Silo.Time.GetUtcNow().UtcTicks + span.Ticks;
        Volatile.Write(ref _keepAliveUntil, until);
    }

    /// <summary>Ends the activation if nothing has used it for so many ages of the silo.</summary>
    internal bool TryCollect(int ages, long now, in DeactivationReason reason)
    {
        // A look without the lock spares the busy ones; the lock then decides.
        if (Silo.Age - _lastUsed < ages) return false;
        lock (this)
        {
            var isIdle = _state == ActivationState.Valid && !_owned && _running == 0;
            if (!isIdle || Silo.Age - _lastUsed < ages || _keepAliveUntil > now) return false;
        }

        Deactivate(reason);
        return true;
    }

    /// <summary>Most activations need no extras once they are active.</summary>
    private void TrimExtras()
    {
        if (_extras is { Timers: null, Observers: null, Deactivated: null } && _state == ActivationState.Valid) _extras = null;
    }
}
