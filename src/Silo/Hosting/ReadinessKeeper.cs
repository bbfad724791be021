using BudgetEngine.Api;
using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;

namespace BudgetEngine.Silo;

/// <summary>
/// Walks the path of a check and of a post once before the engine says that it is ready, so that no first caller waits for code to be compiled; then says
/// whether the ledger is in reach.
/// </summary>
internal sealed class ReadinessKeeper(
    IGrainFactory grains, ILedgerRecords records, LedgerHealth health, Readiness readiness, Func<Guid> newBatchId, TimeProvider clock, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    /// <summary>A cost center that no ledger has; a dry run leaves no trace of it.</summary>
    private const string Nobody = "warm-up/warm-up/warm-up";
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopping.Register(readiness.SetStopping);
        // Not earlier: a start that fails (a port in use) disposes of everything under the walk.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            await WarmUpAsync(stoppingToken);
            using var timer = new PeriodicTimer(_interval, clock);
            do readiness.SetDegraded(!health.MayGrant || health.WritesFail);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task WarmUpAsync(CancellationToken stopping)
    {
        var key = ReservationId.KeyOf(Nobody, Nobody);
        var request = new ReserveRequest(
            key, null, key, UsageRow.AnonymousUser, null, 1, null, false, false, CheckCommand.DefaultTtl, DryRun: true, false, 0, false, null, null, TimeSpan.FromSeconds(30));
        await grains.GetGrain<ICostCenterGrain>(Nobody).Reserve(request);
        while (true)
        {
            try
            {
                await records.CommitAsync(new LedgerBatch(newBatchId(), [], []), stopping);
                return;
            }
            catch (Exception outage) when (outage is LedgerUnavailableException or LedgerContentionException)
            {
                // The ledger went away between opening it and now: ready when a post can be made.
                await Task.Delay(_interval, clock, stopping);
            }
        }
    }
}
