using BudgetEngine.Cluster.Harness;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Orleans;

/// <summary>A branch of the tree is on one silo. BUDGET_MEASURE=1 counts messages too.</summary>
public sealed class PlacementTests(ITestOutputHelper output)
{
    private const int Departments = 12;
    private const int Leaves = 4;

    [ClusterFact]
    public async Task CostCenters_OfADepartment_AreOnOneSilo_AndDepartmentsOnSeveral()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await InProcessCluster.StartAsync(store, 3);
        await SetUpAsync(cluster);
        await AskAllAsync(cluster);

        var used = new HashSet<SiloAddress>();
        for (var d = 0; d < Departments; d++)
        {
            var silo = await WhereAsync(cluster, $"acme/d{d}");
            for (var l = 0; l < Leaves; l++) Assert.Equal(silo, await WhereAsync(cluster, LeafOf(d, l)));
            used.Add(silo!);
        }

        Assert.Equal(3, used.Count);
    }

    [MeasureFact]
    public async Task Requests_BetweenSilosPerCheck_AreCounted()
    {
        foreach (var segments in (int[])[8, 2, 1])
        {
            foreach (var silos in (int[])[1, 2, 3])
            {
                using var store = Store.NewPostgres();
                await using var cluster = await InProcessCluster.StartAsync(store, silos, $"--Cluster:PlacementSegments={segments}");
                await SetUpAsync(cluster);
                await AskAllAsync(cluster);
                using var count = new MessageCount();
                var idle = await WithinAsync(count, TimeSpan.FromSeconds(4), () => Task.Delay(TimeSpan.FromSeconds(4)));
                var started = TimeProvider.System.GetTimestamp();
                var before = count.Requests;
                var checks = 0;
                for (var round = 0; round < 20; round++) checks += await AskAllAsync(cluster);
                var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
                var requests = count.Requests - before - idle * seconds;
                output.WriteLine($"{segments} segments, {silos} silos: {requests / checks:F2} requests between silos per check + release (idle: {idle:F0}/s), {checks / seconds:F0} pairs/s");
            }
        }
    }

    private static async Task<double> WithinAsync(MessageCount count, TimeSpan time, Func<Task> work)
    {
        var before = count.Requests;
        await work();
        return (count.Requests - before) / time.TotalSeconds;
    }

    private static async Task SetUpAsync(InProcessCluster cluster)
    {
        await cluster.Callers[0].SetBudgetAsync("acme", new { daily = 1_000_000 });
        foreach (var caller in cluster.Callers)
        {
            await Eventually.HoldsAsync("the tenant is known", async () => (await caller.PostAsync("/v1/check", new { cost_center = "acme/d0/x", amount = 0.1, dry_run = true })).Allowed);
        }
    }

    /// <summary>A check of every leaf at some silo, and its release at another.</summary>
    private static async Task<int> AskAllAsync(InProcessCluster cluster)
    {
        var asks = new List<Task>();
        for (var d = 0; d < Departments; d++)
        {
            for (var l = 0; l < Leaves; l++) asks.Add(AskAsync(cluster, LeafOf(d, l), d * Leaves + l));
        }

        await Task.WhenAll(asks);
        return asks.Count;
    }

    private static async Task AskAsync(InProcessCluster cluster, string leaf, int i)
    {
        var callers = cluster.Callers;
        var held = await callers[i % callers.Count].CheckAsync(leaf, 0.01m);
        Assert.True(held.Allowed, held.Text);
        (await callers[(i + 1) % callers.Count].DeleteAsync($"/v1/reservations/{held.ReservationId}")).Is(200);
    }

    private static string LeafOf(int department, int leaf) => $"acme/d{department}/leaf{leaf}";

    private static async Task<SiloAddress?> WhereAsync(InProcessCluster cluster, string path) =>
        await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(cluster.Grains.GetGrain<ICostCenterGrain>(path));
}

/// <summary>Measures, for people; asserts nothing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MeasureFactAttribute : FactAttribute
{
    public MeasureFactAttribute() => Skip = PostgresServer.WhyNot() ?? (Environment.GetEnvironmentVariable("BUDGET_MEASURE") == "1" ? null : "BUDGET_MEASURE=1 measures.");
}
