using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Once after the start: holds that the ledger has kept are charged at their deadlines, whether or not anybody asks for their cost centers before.</summary>
internal sealed class StoredHoldWaker(StoredHoldOwners owners, UnexpectedFaults faults, TimeProvider clock, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            while (!await TryAsync(stoppingToken)) await Task.Delay(_retryAfter, clock, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task<bool> TryAsync(CancellationToken stopping)
    {
        try
        {
            await owners.WakeAsync(stopping);
            return true;
        }
        catch (LedgerUnavailableException)
        {
            return false;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // They come back when they are named: no reason to stop the process.
            faults.Note(fault, "the return of cost centers with stored holds");
            return true;
        }
    }
}
