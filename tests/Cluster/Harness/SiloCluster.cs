using BudgetEngine.Integration.Tests;

namespace BudgetEngine.Cluster;

/// <summary>Silos as processes of their own on 127.0.0.1, with one ledger in PostgreSQL. Each can be killed, stopped, paused and started again.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly List<EngineProcess> _silos = [];
    private readonly string[] _options;

    private SiloCluster(Store store, string[] options) => (Store, _options) = (store, options);

    public Store Store { get; }

    public IReadOnlyList<EngineProcess> Silos => _silos;

    public Caller Caller => _silos[0].Caller;

    /// <summary>Starts silos and waits until each is ready and knows all others.</summary>
    /// <param name="options">Further configuration of every silo, <c>--Section:Key=value</c>.</param>
    public static async Task<SiloCluster> StartAsync(Store store, int silos, params string[] options)
    {
        var cluster = new SiloCluster(store, options);
        try
        {
            // The first makes the tables; others at the same time would only wait for it.
            await cluster.AddAsync();
            await Task.WhenAll(Enumerable.Range(1, silos - 1).Select(_ => cluster.AddAsync()));
            await cluster.AwaitActiveAsync(silos);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The command line that makes a process one of the silos: ports of its own.</summary>
    public static string[] SiloArguments() =>
    [
        "--Cluster:Membership=postgres", $"--Cluster:SiloPort={EngineProcess.FreePort()}", $"--Cluster:GatewayPort={EngineProcess.FreePort()}",
    ];

    /// <summary>One more silo, ready.</summary>
    public async Task<EngineProcess> AddAsync()
    {
        var silo = await EngineProcess.StartAsync(Store, [.. SiloArguments(), .. _options]);
        lock (_silos) _silos.Add(silo);
        return silo;
    }

    /// <summary>Waits until the table of members has exactly so many active silos.</summary>
    public Task AwaitActiveAsync(int count) =>
        Eventually.HoldsAsync($"{count} silos are active", async () => (await ActiveAsync()).Count == count, 60);

    /// <summary>The ports of the silos that are active, as the table of members has them.</summary>
    public Task<List<int>> ActiveAsync() => Store.QueryAsync("select port from orleans.silos where status = 3", r => r.GetInt32(0));

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
    }
}
