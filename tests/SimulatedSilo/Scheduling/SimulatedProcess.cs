namespace BudgetEngine.SimulatedSilo.Scheduling;

/// <summary>
/// One process among several of a simulation: its silo, and whatever else runs on <see cref="Tasks"/>. It can be stopped for a while, as by SIGSTOP, and it can
/// die between any two steps; then nothing of it ever runs again. Its wall clock may be set, its monotonic clock is the simulation's.
/// </summary>
public sealed class SimulatedProcess : SiloScheduler
{
    private readonly SimulationScheduler _simulation;
    private readonly Clock _clock;
    private readonly List<Action> _stopped = [];

    /// <summary>A process that runs.</summary>
    public SimulatedProcess(SimulationScheduler simulation, string name)
    {
        _simulation = simulation;
        _clock = new(this);
        Name = name;
        Outside = new OutsideScheduler(this);
    }

    /// <summary>What it is called in traces.</summary>
    public string Name { get; }

    /// <summary>Where its code runs that belongs to no activation.</summary>
    public TaskScheduler Tasks => Outside;

    /// <summary>Whether it was killed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Whether it is stopped for now.</summary>
    public bool IsPaused { get; private set; }

    /// <inheritdoc/>
    public override TimeProvider Time => _clock;

    internal override TaskScheduler Outside { get; }

    internal override int TurnsPerSlice => 1;

    internal override TaskCreationOptions ReplyOptions => TaskCreationOptions.None;

    /// <summary>Sets the wall clock forward, or back.</summary>
    public void StepClock(TimeSpan by) => _clock.Offset += by;

    /// <summary>From here on nothing of it runs; what is due waits.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>It goes on with everything that is due.</summary>
    public void Resume()
    {
        IsPaused = false;
        if (IsDead) return;
        var due = _stopped.ToArray();
        _stopped.Clear();
        foreach (var action in due) action();
    }

    /// <summary>It dies: nothing of it runs any more.</summary>
    public void Kill()
    {
        IsDead = true;
        _stopped.Clear();
    }

    internal override void Schedule(IThreadPoolWorkItem item)
    {
        if (!IsDead) _simulation.Schedule(new Step(this, item));
    }

    private void Run(IThreadPoolWorkItem item)
    {
        if (IsDead) return;
        if (IsPaused) _stopped.Add(() => Schedule(item));
        else item.Execute();
    }

    /// <summary>What the simulation has in its list for a step of this process.</summary>
    internal sealed class Step(SimulatedProcess process, IThreadPoolWorkItem item) : IThreadPoolWorkItem
    {
        internal SimulatedProcess Process => process;

        internal IThreadPoolWorkItem Item => item;

        void IThreadPoolWorkItem.Execute() => process.Run(item);

        public override string ToString() => $"{process.Name}: {item}";
    }

    private sealed class Clock(SimulatedProcess process) : TimeProvider
    {
        internal TimeSpan Offset { get; set; }

        public override long TimestampFrequency => process._simulation.Time.TimestampFrequency;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => process._simulation.Time.GetUtcNow() + Offset;

        public override long GetTimestamp() => process._simulation.Time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Alarm(process, callback, state, dueTime, period);
    }

    /// <summary>A timer of the process: while that is stopped it is due once, however long it lasts.</summary>
    private sealed class Alarm : ITimer
    {
        private readonly SimulatedProcess _process;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;
        private TimeSpan _period;
        private bool _due;

        internal Alarm(SimulatedProcess process, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_process, _callback, _state, _period) = (process, callback, state, period);
            _timer = process._simulation.Time.CreateTimer(_ => Ring(), null, dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (_period, _due) = (period, false);
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            _due = false;
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Ring()
        {
            if (!_process.IsDead && !_process.IsPaused)
            {
                _callback(_state);
                return;
            }

            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_process.IsDead) return;
            _due = true;
            _process._stopped.Add(GoOn);
        }

        private void GoOn()
        {
            // Set anew or disposed of by what ran before it.
            if (!_due) return;
            _due = false;
            if (_period > TimeSpan.Zero) _timer.Change(_period, _period);
            _callback(_state);
        }
    }
}
