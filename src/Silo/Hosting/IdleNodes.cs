using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Looks for idle cost centers, which leave memory.</summary>
internal sealed class IdleNodes(CostCenterServices services, ClusterSettings cluster, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(cluster.IdleScan, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) services.ActiveNodes.EndIdle(clock);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
