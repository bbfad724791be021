using BudgetEngine.SimulatedSilo.Scheduling;

namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>
/// Runs the turns of one activation, one at a time. Whoever has set <c>_owned</c> runs them; everybody else only enqueues.
/// Unowned means that nothing can run. The monitor of this object is the lock, since a million of them stay resident.
/// </summary>
internal abstract class TurnScheduler : TaskScheduler, IThreadPoolWorkItem
{
    private protected TurnQueue _turns;
    private bool _owned;

    // Something has changed that may let a waiting request, or the end, start.
    private protected bool _recheck;

    public override int MaximumConcurrencyLevel => 1;

    private protected abstract SiloScheduler Scheduler { get; }

    /// <summary>Whether it has crashed, so that nothing runs any more.</summary>
    internal abstract bool IsDead { get; }

    private protected bool IsOwned => _owned;

    /// <summary>One slice on a thread of the scheduler, which owns the activation meanwhile.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        for (var left = Scheduler.TurnsPerSlice; left > 0; left--)
        {
            if (!RunNext()) return;
        }

        Release();
    }

    /// <summary>What to run next, under the lock.</summary>
    private protected abstract Turn? Next();

    /// <summary>Under the lock; whoever gets true must run or schedule the activation.</summary>
    private protected bool TryOwn() => !_owned && (_owned = true);

    protected override void QueueTask(Task task)
    {
        // Run has started this one, and means: now.
        if (task.AsyncState is Request)
        {
            TryExecuteTask(task);
            return;
        }

        lock (this)
        {
            if (IsDead) return;
            _turns.Enqueue(new TaskTurn(task));
            if (!TryOwn()) return;
        }

        Scheduler.Schedule(this);
    }

    // As in Orleans: what a turn completes and the same activation awaits may go on inside that turn.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    private bool RunNext()
    {
        Turn? turn;
        lock (this)
        {
            turn = Next();
            if (turn is null) return _owned = false;
        }

        if (turn is TaskTurn continuation) TryExecuteTask(continuation.Task);
        else Run((Request)turn);
        return true;
    }

    private void Release()
    {
        lock (this)
        {
            if (_turns.IsEmpty && !_recheck)
            {
                _owned = false;
                return;
            }
        }

        Scheduler.Schedule(this);
    }

    // A task is the only way to make this scheduler the current one.
    private void Run(Request request) => new Task(static state => ((Request)state!).Start(), request).Start(this);
}
