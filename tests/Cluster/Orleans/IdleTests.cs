using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Cluster.Orleans;

/// <summary>A cost center that nobody asks leaves memory; one that holds something does not.</summary>
public sealed class IdleTests
{
    [ClusterFact]
    public async Task CostCenter_ThatNobodyAsks_LeavesMemory_UnlessItHoldsSomething()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await InProcessCluster.StartAsync(store, 1, "--Cluster:IdleAfter=00:00:02");
        await cluster.Callers[0].SetBudgetAsync("acme", new { daily = 100 });
        var held = (await cluster.Callers[0].CheckAsync("acme/busy/leaf", 1)).ReservationId;
        (await cluster.Callers[0].ReportAsync("r1", "acme/quiet/leaf", 1)).Is(200);
        Assert.True(await IsInMemoryAsync(cluster, "acme/quiet/leaf"));

        await Eventually.HoldsAsync("the quiet ones are gone", async () => !await IsInMemoryAsync(cluster, "acme/quiet/leaf") && !await IsInMemoryAsync(cluster, "acme/quiet"), 60);

        Assert.True(await IsInMemoryAsync(cluster, "acme/busy/leaf"));
        Assert.True(await IsInMemoryAsync(cluster, "acme/busy"));
        Assert.Equal("recorded", (await cluster.Callers[0].SettleAsync("r2", held, 1)).Result);
        Assert.Equal((0, 2 * Nano.PerUnit), ((await cluster.Callers[0].LimitAsync("acme")).Held, (await cluster.Callers[0].LimitAsync("acme")).Spent));
    }

    /// <summary>What the silo has, not what the directory's cache still says.</summary>
    private static async Task<bool> IsInMemoryAsync(InProcessCluster cluster, string path) =>
        (await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).Any(s => s.GrainId.Key.ToString() == path);
}
