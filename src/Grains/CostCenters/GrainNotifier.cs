using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Passes the writer's commit notifications on to the cost centers.</summary>
/// <param name="calls">Lazy, since the cost centers need the writer.</param>
public sealed class GrainNotifier(Lazy<CostCenterCalls> calls, TimeProvider clock) : INodeNotifier
{
    public Task NotifyAsync(NodeUpdate update) =>
        calls.Value.CallAsync(update.CostCenter, UsageMapping.ToNotification(update, Moment.Of(clock)), static (node, notification) => ToldAsync(node, notification));

    private static async Task<bool> ToldAsync(ICostCenterGrain node, CommitNotification notification)
    {
        await node.Notify(notification);
        return true;
    }
}
