using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>Reads the order of all cost centers once, as soon as the process serves, so that the first reader of many does not wait for it.</summary>
internal sealed class IndexWarmUp(CostCenterIndex index, Readiness readiness, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(Look, clock);
        try
        {
            while (readiness.State != ReadinessState.Ready) await looks.WaitForNextTickAsync(stoppingToken);
            await index.ByUtilizationAsync(null);
        }
        catch (Exception untimely) when (untimely is OperationCanceledException or LedgerUnavailableException or LedgerContentionException)
        {
            // The first reader reads it then.
        }
    }
}
