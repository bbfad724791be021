using BudgetEngine.SimulatedSilo.Activations;
using Orleans.Serialization.Invocation;

namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>What the caller of a pending call waits for; linked into <see cref="PendingCalls"/> by its deadline.</summary>
internal abstract class Reply
{
    private CancellationTokenRegistration _cancellation;

    internal GrainCall Call = null!;

    /// <summary>The activation that has the call, as far as is known.</summary>
    internal Activation? Taker;

    internal Reply? Previous;
    internal Reply? Next;
    internal long Deadline;

    internal abstract Task Task { get; }

    internal void CancelWith(CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        _cancellation = token.UnsafeRegister(static (state, token) =>
        {
            var reply = (Reply)state!;
            if (reply.Fail(new OperationCanceledException(token))) reply.Call.Cancel();
        }, this);
        if (Task.IsCompleted) _cancellation.Dispose();
    }

    /// <summary>Passes on how the call ended; false if the caller has given up.</summary>
    internal bool Complete(Response response) => (response.Exception is { } failure ? TrySetException(failure) : TrySetFrom(response)) && Detach();

    internal bool Fail(Exception exception) => TrySetException(exception) && Detach();

    protected abstract bool TrySetFrom(Response response);

    protected abstract bool TrySetException(Exception exception);

    private bool Detach()
    {
        Call.Origin.Pending.Remove(this);
        _cancellation.Dispose();
        return true;
    }
}

internal sealed class Reply<T>(TaskCreationOptions options) : Reply
{
    private readonly TaskCompletionSource<T?> _source = new(options);

    internal override Task Task => _source.Task;

    internal ValueTask<T?> Result => new(_source.Task);

    internal ValueTask End => new(_source.Task);

    protected override bool TrySetFrom(Response response) => _source.TrySetResult(typeof(T) == typeof(Nothing) ? default : response.GetResult<T>());

    protected override bool TrySetException(Exception exception) =>
        exception is OperationCanceledException cancelled ? _source.TrySetCanceled(cancelled.CancellationToken) : _source.TrySetException(exception);
}

internal readonly struct Nothing;
