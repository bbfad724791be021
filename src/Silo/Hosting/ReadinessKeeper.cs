using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Silo.Hosting;

/// <summary>
/// Says when requests may be sent here: not before the way of a check has been walked once, so that no first caller waits for code to be compiled; then as long
/// as what a request needs is in reach.
/// </summary>
internal abstract class ReadinessKeeper(IGrainFactory grains, Readiness readiness, TimeProvider clock, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>A cost center that no ledger has; a dry run leaves no trace of it.</summary>
    private const string Nobody = "warm-up/warm-up/warm-up";
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether what a request needs has worked once. Asked again until it has.</summary>
    protected abstract Task<bool> WarmUpAsync(CancellationToken stopping);

    /// <summary>Looks again, and says what it sees.</summary>
    protected abstract Task LookAsync(Readiness readiness, CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopping.Register(readiness.SetStopping);
        // Not earlier: a start that fails (a port in use) disposes of everything under the walk.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(_interval, clock);
            while (!await WarmUpAsync(stoppingToken)) await timer.WaitForNextTickAsync(stoppingToken);
            do await LookAsync(readiness, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>A check that leaves no trace.</summary>
    protected Task CheckAsync(TimeSpan within, CancellationToken stopping)
    {
        var key = ReservationId.KeyOf(Nobody, Nobody);
        var request = new ReserveRequest(
            key, null, key, UsageRow.AnonymousUser, null, 1, null, false, false, CheckCommand.DefaultTtl, DryRun: true, false, 0, false, null, null, within);
        return grains.GetGrain<ICostCenterGrain>(Nobody).Reserve(request);
    }
}
