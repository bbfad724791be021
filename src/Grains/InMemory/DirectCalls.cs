using System.Diagnostics;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.InMemory;

/// <summary>
/// Calls cost centers that are in this process's memory by a turn of their own, on the calling thread where the node is free, and all others by grain calls. A turn keeps what a grain call
/// promises, one turn of a node at a time, without its message (ADR 12, ADR 18).
/// </summary>
/// <param name="atOnce">Whether a turn of this cost center may run on the calling thread, asked for each; null: always.</param>
/// <param name="alone">Whether what is not in this process's memory is in none.</param>
public sealed class DirectCalls(IGrainFactory grains, ActiveNodes nodes, TimeProvider clock, UnexpectedFaults? faults = null, Func<string, bool>? atOnce = null, bool alone = false)
    : CostCenterCalls(grains, clock, faults)
{
    /// <inheritdoc/>
    public override Task<TReply> CallAsync<TRequest, TReply>(
        string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within = null)
    {
        if (nodes.Find(costCenter) is not { } node) return base.CallAsync(costCenter, request, call, within);
        var turn = new Turn<TRequest, TReply>(this, node, request, call, within, EngineTrace.Current);
        return atOnce is null || atOnce(costCenter) ? node.Turns.RunAsync(turn, static t => t.RunAsync()) : node.Turns.QueueAsync(turn, static t => t.RunAsync());
    }

    /// <inheritdoc/>
    public override bool IsCold(string costCenter) => alone && nodes.Find(costCenter) is null;

    // The base call, for a turn that met a node on its way out of memory: the message waits for the node's next activation.
    private Task<TReply> SendAsync<TRequest, TReply>(string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within) =>
        base.CallAsync(costCenter, request, call, within);

    /// <summary>One call, in a turn of its node.</summary>
    private readonly record struct Turn<TRequest, TReply>(
        DirectCalls Calls, ActiveNode Node, TRequest Request, Func<ICostCenterGrain, TRequest, Task<TReply>> Call, TimeSpan? Within, Activity? Caller)
    {
        public Task<TReply> RunAsync() => Caller is null ? BeginAsync() : TraceAsync();

        /// <summary>One that had to wait runs outside of the caller's context.</summary>
        private async Task<TReply> TraceAsync()
        {
            Activity.Current = Caller;
            using var span = EngineTrace.Begin("budget.turn")?.SetTag(EngineTrace.CostCenter, Node.Path);
            return await BeginAsync();
        }

        private Task<TReply> BeginAsync()
        {
            if (!Node.TryEnter()) return Calls.SendAsync(Node.Path, Request, Call, Within);
            var reply = Call(Node.Grain, Request);
            // The turn was due at once; only a reply that waits for something has a time limit.
            if (!reply.IsCompleted) return Calls.Limit(LeaveAfterAsync(reply), Within);
            Node.Leave();
            return reply;
        }

        private async Task<TReply> LeaveAfterAsync(Task<TReply> reply)
        {
            await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            Node.Leave();
            return await reply;
        }
    }
}
