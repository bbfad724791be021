namespace BudgetEngine.SimulatedSilo.Scheduling;

/// <summary>
/// One thread, virtual time, one seed. Every turn of every activation, every message on its way and every continuation outside of
/// grains waits in one list; the seed picks which is next. The same seed gives the same run, down to the last step.
/// What runs in it must start inside of <see cref="Run(Func{Task})"/> and stay on its thread: no Task.Run, no ConfigureAwait(false), no
/// real timer or I/O, and no <c>Task.WhenAll</c> or <c>WaitAsync</c> over a source with asynchronous continuations, since the
/// thread pool would complete it. A turn that comes from another thread ends the run with an error that shows from where.
/// </summary>
public sealed class SimulationScheduler : SiloScheduler
{
    private readonly List<IThreadPoolWorkItem> _runnable = [];
    private readonly VirtualTime _time;
    private ulong _random;
    private int _thread;
    private volatile string? _stranger;

    /// <summary>A simulation whose clock starts at an instant, by default the first of January 2026.</summary>
    public SimulationScheduler(ulong seed, DateTimeOffset? start = null)
    {
        Seed = seed;
        _random = seed;
        _time = new(start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Outside = new OutsideScheduler(this);
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; private set; }

    /// <summary>A digest of all choices so far; it differs where two runs differ.</summary>
    public ulong TraceHash { get; private set; }

    /// <summary>Hears of each step; for finding out where two runs part.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>How far the clock may go in one run; beyond it, something waits for what will never come. Default 30 days.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public override TimeProvider Time => _time;

    /// <summary>Hears of what has just run, after each step; null: a timer.</summary>
    internal Action<IThreadPoolWorkItem?>? Stepped { get; set; }

    internal override TaskScheduler Outside { get; }

    internal override int TurnsPerSlice => 1;

    // Asynchronous continuations would go to the thread pool where nobody has captured a scheduler, as inside of Task.WhenAll.
    internal override TaskCreationOptions ReplyOptions => TaskCreationOptions.None;

    /// <summary>A number from zero to below the bound, from the same seed as the schedule.</summary>
    public int Next(int bound)
    {
        // SplitMix64: unlike System.Random it is ours, so a seed stays good for ever.
        var z = _random += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(((UInt128)(z ^ (z >> 31)) * (uint)bound) >> 64);
    }

    /// <summary>Runs until the task that <paramref name="main"/> answers has ended, and throws what it throws.</summary>
    public void Run(Func<Task> main) => Run(async () =>
    {
        await main();
        return true;
    });

    /// <inheritdoc cref="Run(Func{Task})"/>
    public T Run<T>(Func<Task<T>> main)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _thread = Environment.CurrentManagedThreadId;
        var limit = _time.GetUtcNow() + TimeLimit;
        try
        {
            var task = Task.Factory.StartNew(main, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Outside).Unwrap();
            while (!task.IsCompleted) Step(limit);
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            _thread = 0;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    internal override void Schedule(IThreadPoolWorkItem item)
    {
        if (_thread != 0 && _thread != Environment.CurrentManagedThreadId)
        {
            _stranger ??= $"{item} was scheduled from another thread: by Task.Run, ConfigureAwait(false), a source with asynchronous "
                + $"continuations, a real timer or real I/O.\n{Environment.StackTrace}";
            return;
        }

        _runnable.Add(item);
    }

    private void Step(DateTimeOffset limit)
    {
        if (_stranger is not null) throw Stuck(_stranger);
        Steps++;
        if (_runnable.Count > 0)
        {
            var index = Next(_runnable.Count);
            var item = _runnable[index];
            _runnable[index] = _runnable[^1];
            _runnable.RemoveAt(_runnable.Count - 1);
            Note((ulong)index);
            Trace?.Invoke(item.ToString()!);
            item.Execute();
            Stepped?.Invoke(item);
            return;
        }

        if (!_time.FireNext()) throw Stuck(WhyNothingIsLeft());
        Note((ulong)_time.GetUtcNow().Ticks);
        Trace?.Invoke($"timer at {_time.GetUtcNow():O}");
        Stepped?.Invoke(null);
        if (_time.GetUtcNow() > limit) throw Stuck($"The task has not ended within {TimeLimit}, though timers go on.");
    }

    // A moment of patience tells the run that waits for another thread from the one that waits for nothing.
    private string WhyNothingIsLeft() => SpinWait.SpinUntil(() => _stranger is not null, TimeSpan.FromMilliseconds(100))
        ? _stranger!
        : "Nothing is runnable and no timer is set, but the task has not ended: it waits for what will never come.";

    private void Note(ulong choice) => TraceHash = (TraceHash ^ choice ^ ((ulong)_runnable.Count << 32)) * 0x9E3779B97F4A7C15 + 1;

    private InvalidOperationException Stuck(string why) => new($"{why} (seed {Seed}, step {Steps}, time {_time.GetUtcNow():O})");
}
