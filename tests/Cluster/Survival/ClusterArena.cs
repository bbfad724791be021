using System.Net;
using BudgetEngine.Cluster.Harness;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Cluster.Survival;

/// <summary>Everything that a storm can lay hands on: silos, the PostgreSQL that they share, a proxy between each silo and it, and perhaps the network between the silos.</summary>
internal sealed class ClusterArena : IAsyncDisposable
{
    /// <summary>Short, so that a round that waits for what is lost does not take long.</summary>
    private const string PostDeadline = "--Ledger:PostDeadline=00:00:03";

    private const string Database = "budget";

    private static readonly TimeSpan _gatewayWaits = TimeSpan.FromSeconds(2.5);

    private readonly Dictionary<EngineProcess, CuttingProxy[]> _proxies = [];
    private readonly Dictionary<EngineProcess, NetworkHost> _hosts = [];
    private readonly LocalNetwork? _network;

    private ClusterArena(bool standby, bool network)
    {
        if (network) _network = LocalNetwork.Make();
        Server = PostgresServer.Start();
        if (standby) Standby = PostgresServer.NewStandby();
        Store = Store.At(ConnectionString(IPAddress.Loopback, Servers.Select(s => s.Port)));
        Cluster = SiloCluster.Of(Store, PostDeadline);
        Caller = EngineProcess.CallerThrough(new Uri("http://cluster"), new FrontDoor(Addresses), isOpen: !network);
        Gateway = EngineProcess.CallerThrough(new Uri("http://cluster"), new FrontDoor(Addresses, _gatewayWaits), isOpen: !network);
    }

    /// <summary>The primary.</summary>
    public PostgresServer Server { get; private set; }

    /// <summary>Null: the primary is alone.</summary>
    public PostgresServer? Standby { get; private set; }

    public Store Store { get; }

    public SiloCluster Cluster { get; }

    /// <summary>Through the service in front of all silos.</summary>
    public Caller Caller { get; }

    /// <summary>The same, but it waits for no decision longer than a check may take and its way: what a silo that stands still has taken it gives up and asks another.</summary>
    public Caller Gateway { get; }

    public IReadOnlyList<EngineProcess> Silos => Cluster.Silos;

    /// <summary>Between the silos; only where the arena has one.</summary>
    public LocalNetwork Network => _network ?? throw new InvalidOperationException("This arena has no network of its own.");

    /// <param name="standby">PostgreSQL has a standby that everything acknowledged is on, and silos know both.</param>
    /// <param name="network">Each silo is at a host of its own, so that they can be cut off from each other.</param>
    public static async Task<ClusterArena> StartAsync(int silos, bool standby = false, bool network = false)
    {
        var arena = new ClusterArena(standby, network);
        try
        {
            arena.Server.CreateDatabase(Database);
            arena.Standby?.Follow(arena.Server);
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

    /// <summary>One more silo, which speaks to PostgreSQL through proxies of its own.</summary>
    public async Task<EngineProcess> AddAsync()
    {
        var address = _network?.Address ?? IPAddress.Loopback;
        CuttingProxy[] proxies = [.. Servers.Select(s => new CuttingProxy(s.Port, address))];
        var host = _network?.AddHost();
        var silo = await Cluster.AddAsync(host, $"--Ledger:Postgres={ConnectionString(address, proxies.Select(p => p.Port))}");
        lock (_proxies)
        {
            _proxies.Add(silo, proxies);
            if (host is not null) _hosts.Add(silo, host);
        }

        return silo;
    }

    /// <summary>All ways of a silo to PostgreSQL.</summary>
    public IReadOnlyList<CuttingProxy> ProxiesOf(EngineProcess silo) => _proxies[silo];

    /// <summary>Where a silo is in the network.</summary>
    public NetworkHost HostOf(EngineProcess silo) => _hosts[silo];

    /// <summary>What Kubernetes does: silos that have ended are started again at their address, ready or not. Returns how many.</summary>
    public int StartAgain()
    {
        var ended = Silos.Where(s => s.HasExited).ToList();
        foreach (var silo in ended) silo.Relaunch();
        return ended.Count;
    }

    /// <summary>The primary is gone at once; the standby takes its place. The caller mends the rest: see <see cref="FollowAgainAsync"/>.</summary>
    public void FailOver()
    {
        Server.Kill();
        Standby!.Promote();
        (Server, Standby) = (Standby, Server);
    }

    /// <summary>The lost server comes back as the standby of the new primary.</summary>
    public async Task FollowAgainAsync()
    {
        Standby!.Follow(Server);
        await AwaitFollowedAsync();
    }

    public Task AwaitFollowedAsync() => Eventually.HoldsAsync("every commit waits for the standby", () => Server.IsFollowed(), 60);

    /// <summary>Stops a silo in order, for good.</summary>
    public async Task StopAsync(EngineProcess silo)
    {
        await StopInOrderAsync(silo);
        await Cluster.RemoveAsync(silo);
        foreach (var proxy in _proxies[silo]) await proxy.DisposeAsync();
        _proxies.Remove(silo);
        if (_hosts.Remove(silo, out var host)) Network.Remove(host);
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
        Gateway.Dispose();
        await Cluster.DisposeAsync();
        foreach (var proxy in _proxies.Values.SelectMany(p => p)) await proxy.DisposeAsync();
        Standby?.Dispose();
        Server.Dispose();
        Store.Dispose();
        _network?.Dispose();
    }

    private IEnumerable<PostgresServer> Servers => Standby is null ? [Server] : [Server, Standby];

    private static string ConnectionString(IPAddress address, IEnumerable<int> ports)
    {
        var hosts = ports.Select(p => $"{address}:{p}").ToList();
        return $"Host={string.Join(',', hosts)};Username=postgres;Database={Database}{(hosts.Count > 1 ? ";Target Session Attributes=primary" : "")}";
    }

    private Uri[] Addresses()
    {
        lock (Cluster.Silos) return [.. Cluster.Silos.Select(s => s.Address)];
    }
}
