using BudgetEngine.Api.Operations;
using BudgetEngine.Silo.Cluster;

namespace BudgetEngine.Silo.Hosting;

/// <summary>A client of the cluster is ready once a check has been answered through it, and only while a silo is connected.</summary>
internal sealed class ClientReadiness(IGrainFactory grains, ClusterConnection connection, Readiness readiness, TimeProvider clock, IHostApplicationLifetime lifetime)
    : ReadinessKeeper(grains, readiness, clock, lifetime)
{
    private static readonly TimeSpan _forTheCheck = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _forTheAnswer = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _clock = clock;

    protected override async Task<bool> WarmUpAsync(CancellationToken stopping)
    {
        try
        {
            await CheckAsync(_forTheCheck, CancellationToken.None).WaitAsync(_forTheAnswer, _clock, stopping);
            return true;
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            // Asked again at the next tick; what the state is stands in readiness.
            return false;
        }
    }

    protected override async Task LookAsync(Readiness readiness, CancellationToken stopping)
    {
        // Without a request the client would not look for a silo again, and nobody sends one to a process that is not ready.
        if (connection.IsUp || await WarmUpAsync(stopping)) readiness.SetReady();
        else readiness.SetDisconnected();
    }
}
