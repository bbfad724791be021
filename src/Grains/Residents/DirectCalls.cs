using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains;

/// <summary>
/// Calls cost centers that are in this process's memory by a turn on their own task scheduler, and all others by grain calls. A turn keeps what a grain call
/// promises, one turn of a node at a time, without its message (ADR 12).
/// </summary>
public sealed class DirectCalls(IGrainFactory grains, ResidentNodes nodes, TimeProvider clock) : CostCenterCalls(grains, clock)
{
    /// <inheritdoc/>
    public override Task<TReply> CallAsync<TRequest, TReply>(
        string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within = null) =>
        nodes.Find(costCenter) is { } node ? TurnAsync(node, request, call, within) : base.CallAsync(costCenter, request, call, within);

    private async Task<TReply> TurnAsync<TRequest, TReply>(
        ResidentNode node, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within)
    {
        // The turn itself is due at once; only a reply that has to wait for something has a time limit.
        var turn = new Turn<TRequest, TReply>(node, request, call);
        if (await node.RunAsync(turn.Begin) is { } reply) return reply.IsCompleted ? await reply : await Limit(reply, within);
        // The node began to leave memory before the turn: the message waits for its next activation.
        return await base.CallAsync(node.Path, request, call, within);
    }

    private sealed class Turn<TRequest, TReply>(ResidentNode node, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call)
    {
        /// <summary>Runs on the node's scheduler. Null: the node is leaving memory.</summary>
        public Task<TReply>? Begin()
        {
            if (!node.TryEnter()) return null;
            var reply = call(node.Grain, request);
            if (!reply.IsCompleted) return LeaveAfterAsync(reply);
            node.Leave();
            return reply;
        }

        private async Task<TReply> LeaveAfterAsync(Task<TReply> reply)
        {
            try
            {
                return await reply;
            }
            finally
            {
                node.Leave();
            }
        }
    }
}
