using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Sends the writer's commit notifications to the cost centers' grains.</summary>
public sealed class GrainNotifier(IGrainFactory grains, TimeProvider clock) : INodeNotifier
{
    public Task NotifyAsync(NodeUpdate update) =>
        grains.GetGrain<ICostCenterGrain>(update.CostCenter).Notify(UsageMapping.ToNotification(update, Moment.Of(clock)));
}
