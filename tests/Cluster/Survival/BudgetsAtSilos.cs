using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Cluster.Survival;

/// <summary>
/// Some cost centers, each a tenant of its own with room for exactly <see cref="Units"/> checks of <see cref="Amount"/>: half keep their holds in the ledger, half in memory alone.
/// </summary>
internal sealed class BudgetsAtSilos
{
    public const decimal Amount = 0.1m;
    public const int Units = 100;

    private const int Each = 8;

    public IReadOnlyList<string> Durable { get; } = [.. Enumerable.Range(0, Each).Select(i => $"durable{i}")];

    public IReadOnlyList<string> Memory { get; } = [.. Enumerable.Range(0, Each).Select(i => $"memory{i}")];

    public IReadOnlyList<string> All => [.. Durable, .. Memory];

    public static async Task<BudgetsAtSilos> SetAsync(SiloCluster cluster)
    {
        var budgets = new BudgetsAtSilos();
        foreach (var node in budgets.Durable) await cluster.Caller.SetBudgetAsync(node, new { total = Amount * Units, durable_holds = true });
        foreach (var node in budgets.Memory) await cluster.Caller.SetBudgetAsync(node, new { total = Amount * Units });
        foreach (var silo in cluster.Silos)
        {
            foreach (var node in budgets.All)
            {
                await Eventually.HoldsAsync($"{node} is granted at every silo", async () => (await silo.Caller.PostAsync("/v1/check", new { cost_center = node, amount = Amount, dry_run = true })).Allowed);
            }
        }

        return budgets;
    }

    /// <summary>A silo that holds cost centers of both kinds.</summary>
    public async Task<EngineProcess> HolderOfBothAsync(SiloCluster cluster)
    {
        var holders = await cluster.HoldersAsync();
        return cluster.Silos.First(s => Durable.Any(n => holders[n] == s.Id) && Memory.Any(n => holders[n] == s.Id));
    }

    /// <summary>Those that a silo holds.</summary>
    public async Task<IReadOnlySet<string>> AtAsync(SiloCluster cluster, EngineProcess silo)
    {
        var holders = await cluster.HoldersAsync();
        return All.Where(n => holders[n] == silo.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What a cost center holds now, as anyone sees it.</summary>
    public static async Task<long> HeldAsync(Caller caller, string node) => (await caller.LimitAsync(node, "total")).Held;
}
