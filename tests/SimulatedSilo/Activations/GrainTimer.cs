namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>A timer is also the request of its own tick, since at most one tick is due, waiting or running.</summary>
internal sealed class GrainTimer : Activations.Request, IGrainTimer
{
    private readonly Func<CancellationToken, Task> _callback;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly GrainTimerCreationOptions _options;
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _changed;
    private int _firing;

    internal GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Target = activation;
        _callback = callback;
        _options = options;

        // The timer must not keep async locals of the turn that made it.
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = activation.Silo.Time.CreateTimer(static state => ((GrainTimer)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        flow?.Undo();
    }

    internal override bool AlwaysInterleaves => _options.Interleave;

    internal override bool IsLocal => true;

    internal override bool KeepsAlive => _options.KeepAlive;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        _changed = true;
        _dueTime = dueTime;
        _period = period;

        // During a tick the change waits until its end.
        if (Volatile.Read(ref _firing) == 0) _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _cancellation.Cancel();
        _timer.Dispose();
        Target!.Forget(this);
    }

    private void Fire()
    {
        if (Interlocked.Exchange(ref _firing, 1) == 0) Target!.TryEnqueue(this);
    }

    // A tick that is already waiting when the grain disposes the timer still runs, with a cancelled token; so it is in Orleans.
    internal override void Start()
    {
        _changed = false;
        Task task;
        try
        {
            task = _callback(_cancellation.Token);
        }
        catch (Exception exception)
        {
            task = Task.FromException(exception);
        }

        if (task.IsCompleted) End(task);
        else _ = EndLater(task);
    }

    private async Task EndLater(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        End(task);
    }

    // The next tick is due one period after this one has ended.
    private void End(Task task)
    {
        if (task.Exception is { } failure) Target!.Silo.Log.TickFailed(failure.InnerException!, Target);
        Volatile.Write(ref _firing, 0);
        if (!_cancellation.IsCancellationRequested) _timer.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
        Target!.OnEnded(this);
    }
}
