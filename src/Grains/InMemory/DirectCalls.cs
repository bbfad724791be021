using System.Diagnostics;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.InMemory;

/// <summary>
/// Calls cost centers that are in this process's memory by a turn on their own task scheduler, and all others by grain calls. A turn keeps what a grain call
/// promises, one turn of a node at a time, without its message (ADR 12).
/// </summary>
public sealed class DirectCalls(IGrainFactory grains, ActiveNodes nodes, TimeProvider clock, UnexpectedFaults? faults = null) : CostCenterCalls(grains, clock, faults)
{
    /// <inheritdoc/>
    public override Task<TReply> CallAsync<TRequest, TReply>(
        string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within = null)
    {
        if (nodes.Find(costCenter) is not { } node) return base.CallAsync(costCenter, request, call, within);
        var turn = new Turn<TRequest, TReply>(this, node, request, call, within);
        node.Run(turn);
        return turn.Task;
    }

    // The base call, for a turn that met a node on its way out of memory: the message waits for the node's next activation.
    private Task<TReply> SendAsync<TRequest, TReply>(string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within) =>
        base.CallAsync(costCenter, request, call, within);

    /// <summary>One call: the turn that begins it, and the task of its reply.</summary>
    private sealed class Turn<TRequest, TReply>(
        DirectCalls calls, ActiveNode node, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within)
        : TaskCompletionSource<TReply>, IDirectTurn
    {
        private readonly Activity? _caller = EngineTrace.Current;

        public void Begin()
        {
            if (_caller is null)
            {
                BeginTurn();
                return;
            }

            // The node's scheduler runs it outside of the caller's context.
            var before = Activity.Current;
            Activity.Current = _caller;
            var span = EngineTrace.Begin("budget.turn")?.SetTag(EngineTrace.CostCenter, node.Path);
            BeginTurn();
            if (span is not null) _ = EndAfterAsync(span);
            Activity.Current = before;
        }

        private async Task EndAfterAsync(Activity span)
        {
            await ((Task)Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            span.Dispose();
        }

        private void BeginTurn()
        {
            if (!node.TryEnter())
            {
                _ = FollowAsync(calls.SendAsync(node.Path, request, call, within));
                return;
            }

            var reply = call(node.Grain, request);
            if (!reply.IsCompleted)
            {
                _ = LeaveAfterAsync(reply);
                return;
            }

            node.Leave();
            SetFromTask(reply);
        }

        /// <summary>The turn was due at once; only a reply that waits for something has a time limit.</summary>
        private async Task LeaveAfterAsync(Task<TReply> reply)
        {
            if (within is not null) _ = FollowAsync(calls.Limit(reply, within));
            await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            node.Leave();
            TrySetFromTask(reply);
        }

        private async Task FollowAsync(Task<TReply> reply)
        {
            await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            TrySetFromTask(reply);
        }
    }
}

/// <summary>What runs as a turn of a node.</summary>
internal interface IDirectTurn
{
    /// <summary>Runs on the node's scheduler. Never throws.</summary>
    void Begin();
}
