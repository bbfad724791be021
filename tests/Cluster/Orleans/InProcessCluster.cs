using BudgetEngine.Cluster.Harness;
using BudgetEngine.Silo.Hosting;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Cluster.Orleans;

/// <summary>Silos in this process, with one ledger in PostgreSQL: for what only their services can tell.</summary>
internal sealed class InProcessCluster : IAsyncDisposable
{
    private readonly List<WebApplication> _silos = [];

    public IReadOnlyList<Caller> Callers { get; private set; } = [];

    public IGrainFactory Grains => _silos[0].Services.GetRequiredService<IGrainFactory>();

    public static async Task<InProcessCluster> StartAsync(Store store, int silos, params string[] options)
    {
        var cluster = new InProcessCluster();
        try
        {
            for (var i = 0; i < silos; i++)
            {
                var app = BudgetHost.Build(
                [
                    "--urls=http://127.0.0.1:0", "--Keys:Open=true", "--Logging:LogLevel:Default=Warning", $"--Ledger:Postgres={store.Postgres}", $"--POD_NAME=silo{i}",
                    .. SiloCluster.SiloArguments(), .. options,
                ]);
                cluster._silos.Add(app);
                await app.StartAsync();
            }

            cluster.Callers = [.. cluster._silos.Select(s => new Caller(new Uri(s.Urls.First())))];
            foreach (var caller in cluster.Callers) await Eventually.HoldsAsync("a silo is ready", async () => (await caller.GetAsync("/health/ready")).Status == 200, 60);
            await Eventually.HoldsAsync("all silos are active", async () => (await store.QueryAsync("select port from orleans.silos where status = 3", r => r.GetInt32(0))).Count == silos, 60);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in Callers) caller.Dispose();
        foreach (var silo in _silos)
        {
            await silo.StopAsync();
            await silo.DisposeAsync();
        }
    }
}
