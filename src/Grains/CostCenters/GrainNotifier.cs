using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Passes the writer's commit notifications on to the cost centers.</summary>
/// <param name="calls">Lazy, since the cost centers need the writer.</param>
public sealed class GrainNotifier(Lazy<CostCenterCalls> calls, TimeProvider clock) : INodeNotifier
{
    /// <summary>As long as a message has by default. Whoever waits for the answer of a node that is gone would never tell it again.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <exception cref="TimeoutException">The node has not answered in time; it may still apply the update, and may be told it again.</exception>
    public Task NotifyAsync(NodeUpdate update)
    {
        var told = calls.Value.CallAsync(update.CostCenter, UsageMapping.ToNotification(update, Moment.Of(clock)), static (node, notification) => ToldAsync(node, notification));
        return told.IsCompleted ? told : told.WaitAsync(Within, clock);
    }

    private static async Task<bool> ToldAsync(ICostCenterGrain node, CommitNotification notification)
    {
        await node.Notify(notification);
        return true;
    }
}
