using BudgetEngine.Cluster.Harness;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Survival;

/// <summary>
/// Silos are replaced one by one while budgets are being used up: however many activations a cost center has meanwhile, exactly as many checks are granted as fit.
/// Placement may put a second activation beside one whose silo is going; what keeps them apart is the fence.
/// </summary>
[Collection(SurvivalCollection.Name)]
public sealed class RollingUpgradeTests(ITestOutputHelper output)
{
    private const int Silos = 3;
    private const int Units = 60;
    private const decimal Amount = 0.1m;

    private static readonly int _rounds = LongForms.Wanted ? 100 : 2;

    [ClusterFact]
    public async Task Silos_ReplacedOneByOneWhileBudgetsAreUsedUp_GrantExactlyTheLimit()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, Silos);
        using var door = new Caller(new Uri("http://cluster"), handler: new FrontDoor(() => [.. cluster.Silos.Select(s => s.Address)]));
        var moved = 0;
        for (var round = 0; round < _rounds; round++) moved += await RoundAsync(cluster, door, round);
        output.WriteLine($"{_rounds} silos replaced; {moved} cost centers were at one when it went.");
    }

    /// <summary>One silo goes and comes back. Returns how many of the cost centers it held.</summary>
    private static async Task<int> RoundAsync(SiloCluster cluster, Caller door, int round)
    {
        // Holds of the first are in the ledger, those of the others in memory alone: a silo that goes in order hands both on.
        string[] tenants = [$"durable{round}", $"memory{round}", $"hot{round}"];
        await cluster.Caller.SetBudgetAsync(tenants[0], new { total = Amount * Units, durable_holds = true });
        foreach (var tenant in tenants[1..]) await cluster.Caller.SetBudgetAsync(tenant, new { total = Amount * Units });
        foreach (var tenant in tenants) await SiloCluster.KnownAsync(tenant, cluster.Silos);
        var leaves = tenants.SelectMany(t => (string[])[$"{t}/a", $"{t}/b"]).ToList();
        var spenders = new Spenders(door, Amount, $"round{round}");
        spenders.Start(leaves);
        await Eventually.HoldsAsync("every budget is partly used", () => tenants.All(t => AllowedIn(spenders, t) >= Units / 6), 60);
        var silo = cluster.Silos[round % cluster.Silos.Count];
        var held = (await cluster.HoldersAsync()).Count(h => h.Value == silo.Id && tenants.Contains(h.Key.Split('/')[0]));

        await ClusterArena.StopInOrderAsync(silo);
        await silo.RestartAsync();
        await cluster.AwaitActiveAsync(Silos);
        await spenders.WhenUsedUpAsync(leaves);
        await spenders.StopAsync();
        await spenders.ResolveAsync();

        foreach (var tenant in tenants)
        {
            var granted = spenders.All.Where(a => a.Node.StartsWith(tenant + "/", StringComparison.Ordinal) && a.ReservationId is not null).ToList();
            var there = 0;
            foreach (var grant in granted) there += (await door.GetAsync($"/v1/reservations/{grant.ReservationId}")).Status == 200 ? 1 : 0;
            var window = await door.LimitAsync(tenant, "total");
            Assert.Equal((round, tenant, Units, Units, Units * Nano.PerUnit / 10), (round, tenant, granted.Count, there, window.Held));
        }

        return held;
    }

    private static int AllowedIn(Spenders spenders, string tenant) => spenders.All.Count(a => a.Node.StartsWith(tenant + "/", StringComparison.Ordinal) && a.ReservationId is not null);
}
