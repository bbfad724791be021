using BudgetEngine.LocalSilo.Hosting;
using BudgetEngine.LocalSilo.Scheduling;
using Orleans;
using Orleans.Runtime;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>
/// One activation: its own task scheduler and its own queue. A million of them stay resident, so it is one small object:
/// queues are linked lists of their turns, rare things are in <see cref="ActivationExtras"/>, and its monitor is the lock.
/// Whoever has set <c>_owned</c> runs turns, one at a time; everybody else only enqueues. Unowned means: nothing to run.
/// </summary>
internal sealed partial class Activation : TaskScheduler, IGrainContext, IThreadPoolWorkItem
{
    [ThreadStatic]
    private static Activation? t_creating;

    private readonly GrainTable _table;
    private TurnQueue _turns;
    private TurnQueue _waiting;
    private Request? _blocking;
    private ActivationExtras? _extras;
    private long _keepAliveUntil;
    private int _running;
    private int _lastUsed;
    private ActivationState _state;
    private bool _owned;

    // Something has changed that may let a waiting request, or the deactivation, start.
    private bool _recheck;

    // OnActivateAsync or OnDeactivateAsync is under way.
    private bool _transition;

    internal Activation(GrainTable table, string key)
    {
        _table = table;
        Key = key;
        _lastUsed = Silo.Age;
    }

    /// <summary>The activation whose grain is being constructed on this thread.</summary>
    internal static Activation? Creating => t_creating;

    public object? GrainInstance { get; private set; }

    internal string Key { get; }

    internal InProcessSilo Silo => _table.Silo;

    internal GrainClass GrainClass => _table.GrainClass;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Claims the idle activation for a call that the caller's thread runs at once; <see cref="RunClaimed"/> must follow.</summary>
    internal bool TryClaim(Request request)
    {
        lock (this)
        {
            if (_owned || _recheck || _state != ActivationState.Valid || !MayStart(request)) return false;
            request.Target = this;
            MarkRunning(request);
            return _owned = true;
        }
    }

    internal void RunClaimed(Request request)
    {
        using (InlineFrame.Enter())
        {
            Run(request);
        }

        Release();
    }

    /// <summary>Queues a request; false if the activation is over.</summary>
    internal bool TryEnqueue(Request request)
    {
        lock (this)
        {
            if (_state >= ActivationState.Ended) return false;
            request.Target = this;
            _turns.Enqueue(request);
            if (_owned) return true;
            _owned = true;
        }

        Silo.Scheduler.Schedule(this);
        return true;
    }

    /// <summary>One slice on a thread of the scheduler, which this activation owns meanwhile.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        for (var left = Silo.Scheduler.TurnsPerSlice; left > 0; left--)
        {
            if (!RunNext()) return;
        }

        Release();
    }

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

        Silo.Scheduler.Schedule(this);
    }

    // A task is the only way to make this scheduler the current one; QueueTask knows it by its state and runs it on the spot.
    private void Run(Request request) => new Task(static state => ((Request)state!).Start(), request).Start(this);

    protected override void QueueTask(Task task)
    {
        if (task.AsyncState is Request)
        {
            TryExecuteTask(task);
            return;
        }

        lock (this)
        {
            if (_state == ActivationState.Killed) return;
            _turns.Enqueue(new TaskTurn(task));
            if (_owned) return;
            _owned = true;
        }

        Silo.Scheduler.Schedule(this);
    }

    // As in Orleans: what a turn completes and the same activation awaits may go on inside that turn.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    public override string ToString() => $"{GrainClass.Name}/{Key}";
}
