using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Cluster.Harness;

/// <summary>
/// Silos as processes of their own, on 127.0.0.1 or each at a host of a network of the test, with one ledger in PostgreSQL. Each can be killed, stopped, paused and started again.
/// </summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    /// <summary>Where silos that have a host of their own listen for each other.</summary>
    public const int SiloPort = 11111;

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
        var cluster = Of(store, options);
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

    /// <summary>No silo yet.</summary>
    public static SiloCluster Of(Store store, params string[] options) => new(store, options);

    /// <summary>The command line that makes a process one of the silos: ports of its own.</summary>
    public static string[] SiloArguments() =>
    [
        "--Cluster:Membership=postgres", $"--Cluster:SiloPort={FreePort.Next()}", $"--Cluster:GatewayPort={FreePort.Next()}",
    ];

    /// <summary>One more silo, ready.</summary>
    /// <param name="own">Further configuration of this one alone.</param>
    public Task<EngineProcess> AddAsync(params string[] own) => AddAsync(null, own);

    /// <summary>The same in a network of the test; null: on 127.0.0.1.</summary>
    public async Task<EngineProcess> AddAsync(NetworkHost? host, params string[] own)
    {
        var place = host is null ? SiloArguments() : ["--Cluster:Membership=postgres", $"--Cluster:AdvertisedAddress={host.Address}", $"--Cluster:SiloPort={SiloPort}"];
        var silo = await EngineProcess.StartAsync([.. Store.Arguments, .. place, .. _options, .. own], host);
        lock (_silos) _silos.Add(silo);
        return silo;
    }

    /// <summary>The API by itself, as a client of these silos; ready. The caller ends it.</summary>
    public Task<EngineProcess> StartApiAsync(params string[] options) =>
        EngineProcess.StartAsync(["api", "--postgres", Store.Postgres!, "--Cluster:Membership=postgres", .. options]);

    /// <summary>Waits until every process in the list grants on a path: a tenant that was just made is known to the others within a second.</summary>
    public static async Task KnownAsync(string costCenter, params IEnumerable<EngineProcess> processes)
    {
        foreach (var process in processes)
        {
            await Eventually.HoldsAsync(
                $"{costCenter} is granted at {process.Address}",
                async () => (await process.Caller.PostAsync("/v1/check", new { cost_center = costCenter, amount = 0.1, dry_run = true })).Allowed);
        }
    }

    /// <summary>Waits until the table of members has exactly so many active silos.</summary>
    public Task AwaitActiveAsync(int count) =>
        Eventually.HoldsAsync($"{count} silos are active", async () => (await ActiveAsync()).Count == count, 60);

    /// <summary>The ports of the silos that are active, as the table of members has them.</summary>
    public Task<List<int>> ActiveAsync() => Store.QueryAsync("select port from orleans.silos where status = 3", r => r.GetInt32(0));

    /// <summary>A silo that was stopped or killed and is not to come back.</summary>
    public async Task RemoveAsync(EngineProcess silo)
    {
        lock (_silos) _silos.Remove(silo);
        await silo.DisposeAsync();
    }

    /// <summary>Which process holds which cost center, as the ledger has it: by the id of the process.</summary>
    public async Task<Dictionary<string, int>> HoldersAsync() =>
        (await Store.QueryAsync("select cost_center, process from node_epochs", r => (Node: r.GetString(0), Process: r.GetString(1))))
        .ToDictionary(n => n.Node, n => IdOf(n.Process), StringComparer.Ordinal);

    /// <summary>A process's name is machine:id#epoch; it is empty where a node was given up.</summary>
    private static int IdOf(string process)
    {
        var (colon, hash) = (process.LastIndexOf(':'), process.LastIndexOf('#'));
        return colon > 0 && hash > colon ? int.Parse(process.AsSpan(colon + 1, hash - colon - 1), System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
    }
}
