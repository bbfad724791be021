using BudgetEngine.Silo.Configuration;
using Orleans.Runtime.Placement;

namespace BudgetEngine.Silo.Cluster;

/// <summary>Places every grain that says nothing else by the first segments of its key.</summary>
internal sealed class PathPlacementStrategy : PlacementStrategy;

/// <summary>
/// Asked when a grain is to come into memory; one that is in memory stays where it is, whoever comes or goes. So no hold moves for the sake of balance.
/// </summary>
internal sealed class PathPlacementDirector(ClusterSettings settings) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        // A silo that starts again at its address is the same to the tree.
        var names = Array.ConvertAll(silos, s => s.Endpoint.ToString());
        return Task.FromResult(silos[PathPlacement.Choose(target.GrainIdentity.Key.ToString()!, settings.PlacementSegments, names)]);
    }
}
