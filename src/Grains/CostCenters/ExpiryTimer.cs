using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Wakes a node for the next hold that lapses, or for its own end if it is never read. Not a timer of Orleans: those may be changed by the activation's scheduler only, and a turn may run on another thread.</summary>
/// <param name="onDue">Called on any thread.</param>
internal sealed class ExpiryTimer(TimeProvider clock, Action onDue) : IDisposable
{
    private ITimer? _timer;
    private long _at = long.MaxValue;

    /// <summary>Wakes it at this instant, in monotonic ticks, unless that is to be sooner.</summary>
    public void Set(long at)
    {
        if (at >= _at) return;
        _at = at;
        var due = new TimeSpan(Math.Max(TimeSpan.TicksPerMillisecond, at - Moment.Of(clock).MonotonicTicks));
        if (_timer is not null) _timer.Change(due, Timeout.InfiniteTimeSpan);
        else Start(due);
    }

    /// <summary>It was woken: the next instant counts, whenever that is.</summary>
    public void IsOver() => _at = long.MaxValue;

    public void Dispose() => _timer?.Dispose();

    private void Start(TimeSpan due)
    {
        // It must not keep the async locals of the call that starts it.
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = clock.CreateTimer(static onDue => ((Action)onDue!)(), onDue, due, Timeout.InfiniteTimeSpan);
        flow?.Undo();
    }
}
