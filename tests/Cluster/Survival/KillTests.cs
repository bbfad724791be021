using BudgetEngine.Cluster.Harness;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Survival;

/// <summary>A silo dies without a word while its budgets are being used up.</summary>
[Collection(SurvivalCollection.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    [ClusterFact]
    public async Task Kill_OfASilo_DurableBudgetsStayExactAndOthersLoseOnlyWhatItsMemoryHeld()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 3);
        var budgets = await BudgetsAtSilos.SetAsync(cluster);
        using var door = new Caller(new Uri("http://cluster"), handler: new FrontDoor(() => [.. cluster.Silos.Select(s => s.Address)]));
        var spenders = new Spenders(door, BudgetsAtSilos.Amount, "spend");
        spenders.Start(budgets.All);
        await Eventually.HoldsAsync("every budget is partly used", () => budgets.All.All(n => spenders.AllowedAt(n) >= 15), 60);
        var victim = await budgets.HolderOfBothAsync(cluster);
        var lost = await budgets.AtAsync(cluster, victim);

        await victim.KillAsync();
        var killed = Environment.TickCount64;
        await cluster.AwaitActiveAsync(2);
        await spenders.WhenUsedUpAsync(budgets.All);
        await spenders.StopAsync();
        await spenders.ResolveAsync();

        foreach (var node in budgets.All)
        {
            var granted = spenders.All.Where(a => a.Node == node && a.ReservationId is not null).ToList();
            var held = new List<Asked>();
            foreach (var grant in granted)
            {
                if ((await door.GetAsync($"/v1/reservations/{grant.ReservationId}")).Status == 200) held.Add(grant);
            }

            // However it was interrupted: exactly as many checks are granted and held as fit.
            Assert.Equal((node, BudgetsAtSilos.Units, 10 * Nano.PerUnit), (node, held.Count, await BudgetsAtSilos.HeldAsync(door, node)));
            var forgotten = granted.Except(held).ToList();
            if (budgets.Durable.Contains(node) || !lost.Contains(node)) Assert.Empty(forgotten);
            // The last term of the bound: what the memory of the dead process held.
            Assert.All(forgotten, grant => Assert.True(grant.At <= killed, $"{grant.RequestId} was granted after the kill and is forgotten"));
            if (lost.Contains(node)) output.WriteLine($"{node}, held by the silo that was killed: {granted.Count} granted, {forgotten.Count} of them forgotten with its memory");
        }

        Assert.Contains(budgets.Memory, n => lost.Contains(n) && spenders.AllowedAt(n) > BudgetsAtSilos.Units);
    }
}
