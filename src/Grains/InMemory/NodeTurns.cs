namespace BudgetEngine.Grains.InMemory;

/// <summary>
/// The turns of one cost center in memory, one at a time whoever asks. A turn runs at once on the asking thread if the node is free, else it waits and runs on the activation's scheduler.
/// As a synchronization context it also brings what a turn awaits back into a turn (ADR 18). What waits is one turn for each call that is under way here, and each end of something that a turn awaits.
/// </summary>
/// <param name="scheduler">Of the activation, for what cannot run at once.</param>
internal sealed class NodeTurns(TaskScheduler scheduler) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Run, object? State)> _waiting = [];
    private bool _busy;

    private bool IsCurrent => ReferenceEquals(Current, this);

    /// <summary>Runs a turn: now if the node is free, and as a part of the turn that has called it.</summary>
    public Task<TReply> RunAsync<TState, TReply>(TState state, Func<TState, Task<TReply>> turn)
    {
        if (IsCurrent) return turn(state);
        if (!TryEnter()) return QueueAsync(state, turn);
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            return turn(state);
        }
        finally
        {
            SetSynchronizationContext(before);
            Leave();
        }
    }

    /// <summary>Runs a turn later.</summary>
    public Task<TReply> QueueAsync<TState, TReply>(TState state, Func<TState, Task<TReply>> turn)
    {
        var queued = new QueuedTurn<TState, TReply>(state, turn);
        Post(static queued => ((QueuedTurn<TState, TReply>)queued!).Run(), queued);
        return queued.Task;
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_waiting)
        {
            _waiting.Enqueue((d, state));
            if (_busy) return;
            _busy = true;
        }

        Schedule();
    }

    /// <summary>Nobody may wait for a turn with a thread.</summary>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    private bool TryEnter()
    {
        lock (_waiting) return !_busy && (_busy = true);
    }

    private void Leave()
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0)
            {
                _busy = false;
                return;
            }
        }

        Schedule();
    }

    /// <summary>Whoever schedules a turn is not who has asked for it: its async locals, such as its trace, stay outside.</summary>
    private void Schedule()
    {
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        new Task(static turns => ((NodeTurns)turns!).RunNext(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach).Start(scheduler);
        flow?.Undo();
    }

    private void RunNext()
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var (run, state) = Next();
            run(state);
        }
        finally
        {
            SetSynchronizationContext(before);
            Leave();
        }
    }

    private (SendOrPostCallback Run, object? State) Next()
    {
        lock (_waiting) return _waiting.Dequeue();
    }

    /// <summary>A turn that waits, and the task of its reply.</summary>
    private sealed class QueuedTurn<TState, TReply>(TState state, Func<TState, Task<TReply>> turn) : TaskCompletionSource<TReply>
    {
        public async void Run()
        {
            try
            {
                SetResult(await turn(state));
            }
            catch (Exception fault)
            {
                SetException(fault);
            }
        }
    }
}
