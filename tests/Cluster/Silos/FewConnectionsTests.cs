using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Silos;

/// <summary>A small PostgreSQL with many silos: their pools must fit into it, and they must get by with them.</summary>
public sealed class FewConnectionsTests(ITestOutputHelper output)
{
    private const int Connections = 20;
    private const int Silos = 5;

    /// <summary>Of each silo: 2 of the ledger's and 1 of Orleans', which leaves some to people and backups.</summary>
    private const int OfEach = 3;

    /// <summary>A connection that its silo has closed counts until the server has seen so.</summary>
    private const int Closing = 2;

    private const int Workers = 4;
    private const int Turns = 12;

    [ClusterFact(IsLong = true)]
    public async Task Postgres_OfTwentyConnections_ServesFiveSilosWithinTheirPools()
    {
        using var server = PostgresServer.Start(connections: Connections);
        using var store = Store.OnServer(server);
        await using var cluster = await SiloCluster.StartAsync(store, Silos, "--Ledger:MaxConnections=2");
        await cluster.Caller.SetBudgetAsync("acme", new { daily = 100_000, durable_holds = true });
        await SiloCluster.KnownAsync("acme", cluster.Silos);
        using var stopping = new CancellationTokenSource();
        var counting = CountAsync(store, stopping.Token);

        await Task.WhenAll(cluster.Silos.SelectMany((silo, s) => Enumerable.Range(0, Workers).Select(w => WorkAsync(silo.Caller, $"{s}-{w}"))));

        await stopping.CancelAsync();
        var most = await counting;
        output.WriteLine($"{most} connections at most.");
        Assert.InRange(most, Silos, (Silos * OfEach) + Closing);
        Assert.Equal(Silos * Workers * Turns, await cluster.Caller.AssertConsistentAsync());
        Assert.Equal((0, Silos * Workers * Turns * Nano.PerUnit), (await cluster.Caller.LimitAsync("acme")) is var window ? (window.Held, window.Spent) : default);
        foreach (var silo in cluster.Silos) Assert.Equal("ready", await silo.Caller.ReadyAsync());
    }

    /// <summary>Durable holds, records and a report, again and again: every one is served.</summary>
    private static async Task WorkAsync(Caller caller, string name)
    {
        for (var i = 0; i < Turns; i++)
        {
            var turn = i;
            // A busy machine may pass the check's deadline: it is asked again, under its id.
            var check = await Eventually.GetAsync($"check {name}-{i} is allowed", async () => await caller.CheckAsync($"acme/team{turn % 7}/leaf{turn % 3}", 1, $"check-{name}-{turn}") is { Allowed: true } allowed ? allowed : null, 60);
            (await caller.SettleAsync($"{name}-{i}", check.ReservationId, 1)).Is(200);
            if (i % 10 == 0) (await caller.GetAsync("/v1/usage?cost_center=acme")).Is(200);
        }
    }

    /// <summary>The most connections that silos had open at once.</summary>
    private static async Task<int> CountAsync(Store store, CancellationToken stop)
    {
        var most = 0;
        while (!stop.IsCancellationRequested)
        {
            var now = await store.QueryAsync("select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()", r => (int)r.GetInt64(0));
            most = Math.Max(most, now[0]);
            await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        }

        return most;
    }
}
