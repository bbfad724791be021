namespace BudgetEngine.TestKit.Waiting;

/// <summary>A clock with one driver, the test: it stands still until <see cref="Advance"/>, which fires the timers on the way, on the caller's thread.</summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Set)> _awaited = [];
    private readonly DateTimeOffset _start = start;
    private DateTimeOffset _now = start;
    private TimeSpan _step;
    private long _order;

    /// <summary>Called with every look at the time; a test may block one there.</summary>
    public Action? OnLook { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        OnLook?.Invoke();
        lock (_lock) return _now + _step;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return (_now - _start).Ticks + TimeSpan.TicksPerDay;
    }

    /// <summary>Sets the wall clock forward or back; the monotonic one goes on as before.</summary>
    public void StepWall(TimeSpan by)
    {
        lock (_lock) _step += by;
    }

    public void Advance(TimeSpan by)
    {
        var until = Now + by;
        while (NextDue(until) is { } timer) timer.Fire();
        lock (_lock) _now = until;
    }

    /// <summary>As after a pause of the whole process: the time goes on first, and every timer on the way fires late, at its end.</summary>
    public void Pause(TimeSpan by)
    {
        var until = Now + by;
        lock (_lock) _now = until;
        while (NextDue(until) is { } timer) timer.Fire();
    }

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock) return _now;
        }
    }

    /// <summary>Completes when a timer is running that is due in exactly this time from now, one that is set already included.</summary>
    public Task TimerSetAsync(TimeSpan due)
    {
        lock (_lock)
        {
            if (_timers.Any(t => t.DueAt == _now + due)) return Task.CompletedTask;
            var set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((due, set));
            return set.Task;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? NextDue(DateTimeOffset until)
    {
        lock (_lock)
        {
            var next = _timers.Where(t => t.DueAt <= until).OrderBy(t => t.DueAt).ThenBy(t => t.Order).FirstOrDefault();
            if (next is null) return null;
            if (next.DueAt > _now) _now = next.DueAt;
            if (next.Period > TimeSpan.Zero) next.DueAt += next.Period;
            else _timers.Remove(next);
            return next;
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public long Order { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            List<TaskCompletionSource> set;
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                (DueAt, Period, Order) = (clock._now + dueTime, period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period, clock._order++);
                clock._timers.Add(this);
                set = [.. clock._awaited.Where(a => a.Due == dueTime).Select(a => a.Set)];
                clock._awaited.RemoveAll(a => a.Due == dueTime);
            }

            foreach (var source in set) source.TrySetResult();
            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
