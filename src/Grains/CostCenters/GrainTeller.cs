using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains;

/// <summary>Carries the writer's news to the cost centers' grains.</summary>
public sealed class GrainTeller(IGrainFactory grains, TimeProvider clock) : INodeTeller
{
    public Task TellAsync(NodeNews news) =>
        grains.GetGrain<ICostCenterGrain>(news.CostCenter).Tell(UsageMapping.ToTell(news, Moment.Of(clock)));
}
