using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Silos;

/// <summary>All silos are gone without a word, and others come at other addresses: new machines, new pods.</summary>
public sealed class ReplacedSilosTests(ITestOutputHelper output)
{
    [ClusterFact(IsLong = true)]
    public async Task Kill_OfAllSilos_TwoAtOtherAddressesAreReadyWithinAMinute()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 2);
        await cluster.Caller.SetBudgetAsync("acme", new { total = 10, durable_holds = true });
        await SiloCluster.KnownAsync("acme/team", cluster.Silos);
        var reservation = (await cluster.Caller.CheckAsync("acme/team", 4, ttlSeconds: 3_600)).ReservationId;
        (await cluster.Caller.ReportAsync("r1", "acme/team", 5)).Is(200);
        foreach (var silo in cluster.Silos.ToList())
        {
            await silo.KillAsync();
            await cluster.RemoveAsync(silo);
        }

        var killed = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(cluster.AddAsync(), cluster.AddAsync());
        var ready = TimeProvider.System.GetElapsedTime(killed);
        foreach (var silo in cluster.Silos)
        {
            await Eventually.HoldsAsync("a check is granted again", async () => (await silo.Caller.PostAsync("/v1/check", new { cost_center = "acme/team", amount = 1, dry_run = true })).Allowed);
        }

        output.WriteLine($"Two silos at other addresses are ready after {ready.TotalSeconds:0.0} s and grant after {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s.");
        Assert.InRange(ready, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Equal("budget_exceeded", (await cluster.Caller.CheckAsync("acme/team", 1.1m)).Reason);
        Assert.Empty((await cluster.Silos[1].Caller.SettleAsync("s1", reservation, 4)).Flags);
        Assert.Equal((0, 9 * Nano.PerUnit), (await cluster.Caller.LimitAsync("acme", "total")) is var window ? (window.Held, window.Spent) : default);
    }
}
