using BudgetEngine.Cluster.Traffic;
using BudgetEngine.Integration.Tests;
using BudgetEngine.Ledger.Tests;
using BudgetEngine.Torture;

namespace BudgetEngine.Cluster.Survival;

/// <summary>Everything that a storm can lay hands on: silos, the PostgreSQL that they share, and a proxy between each silo and it.</summary>
internal sealed class ClusterArena : IAsyncDisposable
{
    /// <summary>Short, so that a round that waits for what is lost does not take long.</summary>
    private const string PostDeadline = "--Ledger:PostDeadline=00:00:03";

    private readonly Dictionary<EngineProcess, CuttingProxy> _proxies = [];
    private readonly FrontDoor _front;

    private ClusterArena()
    {
        Server = PostgresServer.Start();
        Store = Store.OnServer(Server);
        Cluster = SiloCluster.Of(Store, PostDeadline);
        _front = new FrontDoor(Addresses);
        Caller = new Caller(new Uri("http://cluster"), handler: _front);
    }

    public PostgresServer Server { get; }

    public Store Store { get; }

    public SiloCluster Cluster { get; }

    /// <summary>Through the service in front of all silos.</summary>
    public Caller Caller { get; }

    public IReadOnlyList<EngineProcess> Silos => Cluster.Silos;

    public static async Task<ClusterArena> StartAsync(int silos)
    {
        var arena = new ClusterArena();
        try
        {
            await arena.AddAsync();
            await Task.WhenAll(Enumerable.Range(1, silos - 1).Select(_ => arena.AddAsync()));
            await arena.Cluster.AwaitActiveAsync(silos);
            return arena;
        }
        catch
        {
            await arena.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more silo, which speaks to PostgreSQL through a proxy of its own.</summary>
    public async Task<EngineProcess> AddAsync()
    {
        var proxy = new CuttingProxy(Server.Port);
        var silo = await Cluster.AddAsync($"--Ledger:Postgres={Store.Postgres!.Replace($"Port={Server.Port}", $"Port={proxy.Port}", StringComparison.Ordinal)}");
        lock (_proxies) _proxies.Add(silo, proxy);
        return silo;
    }

    public CuttingProxy ProxyOf(EngineProcess silo) => _proxies[silo];

    /// <summary>Stops a silo in order, for good.</summary>
    public async Task StopAsync(EngineProcess silo)
    {
        await StopInOrderAsync(silo);
        await Cluster.RemoveAsync(silo);
        await _proxies[silo].DisposeAsync();
        _proxies.Remove(silo);
    }

    public static async Task StopInOrderAsync(EngineProcess silo)
    {
        if (await silo.StopAsync() is var exit and not 0) throw new InvalidOperationException($"SIGTERM: the silo ended with {exit}: {silo.Output}");
    }

    /// <summary>A new tenant is known to every silo's catalog within a second; before that it is refused there.</summary>
    public async Task KnownEverywhereAsync(string costCenter)
    {
        foreach (var silo in Silos)
        {
            await Eventually.HoldsAsync(
                $"{costCenter} is granted at every silo",
                async () => (await silo.Caller.PostAsync("/v1/check", new { cost_center = costCenter, model = Places.Model, input_tokens = 1, max_output_tokens = 1, dry_run = true })).Allowed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Caller.Dispose();
        await Cluster.DisposeAsync();
        foreach (var proxy in _proxies.Values) await proxy.DisposeAsync();
        Server.Dispose();
        Store.Dispose();
    }

    private Uri[] Addresses()
    {
        lock (Cluster.Silos) return [.. Cluster.Silos.Select(s => s.Address)];
    }
}
