using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;

namespace BudgetEngine.Api;

/// <summary>Ready once a check has been asked through the cluster, and only while a silo is connected.</summary>
internal sealed class EdgeReadiness(IGrainFactory grains, ClusterConnection connection, Readiness readiness, TimeProvider clock, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>A cost center that no ledger has.</summary>
    private const string Nobody = "warm-up/warm-up/warm-up";
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopping.Register(readiness.SetStopping);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(_interval, clock);
            while (!await AsksAsync()) await timer.WaitForNextTickAsync(stoppingToken);
            do
            {
                // Without a request the client would not look for a silo again, and nobody sends one to a process that is not ready.
                if (connection.IsUp || await AsksAsync()) readiness.SetReady();
                else readiness.SetDisconnected();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>A dry run, which leaves no trace; whether a cost center has answered at all.</summary>
    private async Task<bool> AsksAsync()
    {
        var key = ReservationId.KeyOf(Nobody, Nobody);
        var request = new ReserveRequest(
            key, null, key, UsageRow.AnonymousUser, null, 1, null, false, false, CheckCommand.DefaultTtl, DryRun: true, false, 0, false, null, null, TimeSpan.FromSeconds(2));
        try
        {
            await grains.GetGrain<ICostCenterGrain>(Nobody).Reserve(request).WaitAsync(TimeSpan.FromSeconds(3), clock);
            return true;
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            // Asked again at the next tick; what the state is stands in readiness.
            return false;
        }
    }
}
