using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Cluster.Orleans;

/// <summary>
/// The fence knows a process by one name. Holders of nodes were once named before the ledger was open, so no lease had their names: whoever took a node over did not wait, and whoever lost it was not told
/// (found by the nemeses split-one and split-one-way: two activations of one cost center side by side, for as long as both processes lived).
/// </summary>
public sealed class FenceNamesTests
{
    [ClusterFact]
    public async Task Holder_OfACostCenter_HasALease()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await InProcessCluster.StartAsync(store, 1);
        await cluster.Callers[0].SetBudgetAsync("acme", new { daily = 100 });
        (await cluster.Callers[0].CheckAsync("acme/search", 1)).Is(200);

        var holders = await store.QueryAsync("select distinct process from node_epochs", r => r.GetString(0));
        Assert.Equal(await store.QueryAsync("select process from leases", r => r.GetString(0)), holders);
    }
}
