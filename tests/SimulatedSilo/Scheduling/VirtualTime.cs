namespace BudgetEngine.SimulatedSilo.Scheduling;

/// <summary>A clock that stands still while anything can run, and then jumps to the next timer.</summary>
internal sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(Timer Timer, int Version), (DateTimeOffset Due, long Order)> _timers = new();
    private readonly DateTimeOffset _start = start;
    private DateTimeOffset _now = start;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => (_now - _start).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Jumps to the next timer and fires it; timers that are due together fire in the order in which they were set.</summary>
    internal bool FireNext()
    {
        while (_timers.TryDequeue(out var next, out var key))
        {
            if (next.Timer.Version != next.Version) continue;
            _now = key.Due;
            next.Timer.Fire();
            return true;
        }

        return false;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Grows with each change, so that what was queued before is known as void.</summary>
        internal int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            _period = period;
            if (dueTime >= TimeSpan.Zero) time._timers.Enqueue((this, Version), (time._now + dueTime, time._order++));
            return true;
        }

        internal void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            else Version++;
            callback(state);
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
