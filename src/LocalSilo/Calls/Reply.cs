using BudgetEngine.LocalSilo.Activations;

namespace BudgetEngine.LocalSilo.Calls;

/// <summary>What the caller of a pending call waits for; linked into <see cref="PendingCalls"/> by its deadline.</summary>
internal abstract class Reply(GrainCall call)
{
    private CancellationTokenRegistration _cancellation;

    internal GrainCall Call { get; } = call;

    /// <summary>The activation that has the call, as far as is known.</summary>
    internal Activation? Taker;

    internal Reply? Previous;
    internal Reply? Next;
    internal long Deadline;

    internal abstract Task Task { get; }

    internal void CancelWith(CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        _cancellation = token.UnsafeRegister(static (state, token) => ((Reply)state!).Fail(new OperationCanceledException(token)), this);
        if (Task.IsCompleted) _cancellation.Dispose();
    }

    /// <summary>Passes on how the grain's task ended; false if the caller has given up.</summary>
    internal bool Complete(Task outcome) => TrySetFrom(outcome) && Detach();

    internal bool Fail(Exception exception) => TrySetException(exception) && Detach();

    protected abstract bool TrySetFrom(Task outcome);

    protected abstract bool TrySetException(Exception exception);

    private bool Detach()
    {
        Call.Origin.Pending.Remove(this);
        _cancellation.Dispose();
        return true;
    }
}

internal sealed class VoidReply(GrainCall call, TaskCreationOptions options) : Reply(call)
{
    private readonly TaskCompletionSource _source = new(options);

    internal override Task Task => _source.Task;

    protected override bool TrySetFrom(Task outcome) => _source.TrySetFromTask(outcome);

    protected override bool TrySetException(Exception exception) =>
        exception is OperationCanceledException cancelled ? _source.TrySetCanceled(cancelled.CancellationToken) : _source.TrySetException(exception);
}

internal sealed class Reply<T>(GrainCall call, TaskCreationOptions options) : Reply(call)
{
    private readonly TaskCompletionSource<T> _source = new(options);

    internal override Task Task => _source.Task;

    protected override bool TrySetFrom(Task outcome) => _source.TrySetFromTask((Task<T>)outcome);

    protected override bool TrySetException(Exception exception) =>
        exception is OperationCanceledException cancelled ? _source.TrySetCanceled(cancelled.CancellationToken) : _source.TrySetException(exception);
}
