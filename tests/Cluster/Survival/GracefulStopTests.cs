using BudgetEngine.Cluster.Harness;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Survival;

/// <summary>Silos that are stopped in order: what they held moves, and nobody who asks twice is turned away.</summary>
[Collection(SurvivalCollection.Name)]
public sealed class GracefulStopTests(ITestOutputHelper output)
{
    private static readonly int Trees = LongForms.Wanted ? 12 : 6;
    private const int HoldsOfEach = 3;

    /// <summary>Not within the 2 s that a check may take: how long a move takes on a busy machine is measured (./cluster.sh), not asserted.</summary>
    private const string Patient = "--Check:ApiDeadline=00:00:09";

    private static readonly string[] _leaves = [.. Enumerable.Range(0, Trees).Select(i => $"tree{i}/team/leaf")];

    [ClusterFact(IsLong = true)]
    public async Task Stop_OfASilo_MovesItsHoldsAndFailsNoCheckThatIsAskedTwice()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 3, Patient);
        await PrepareAsync(cluster);
        var holds = await HoldAsync(cluster);
        var victim = cluster.Silos[1];
        await using var callers = RetryingCallers.Start(() => cluster.Silos, _leaves);
        await Eventually.HoldsAsync("the callers ask", () => callers.Asked > 500);

        await ClusterArena.StopInOrderAsync(victim);
        var after = callers.Asked;
        await Eventually.HoldsAsync("the callers go on", () => callers.Asked > after + 500, 60);
        await callers.StopAsync();

        Report(callers);
        Assert.Empty(callers.Failed);
        Assert.DoesNotContain(victim.Output.Split('\n'), line => line.Contains("fail:", StringComparison.Ordinal));
        await AssertHeldAsync(cluster.Silos[0].Caller, holds);
    }

    [ClusterFact]
    public async Task RollingRestart_OfAllSilos_MovesAllHoldsAndFailsNoCheckThatIsAskedTwice()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 3, Patient);
        await PrepareAsync(cluster);
        var holds = await HoldAsync(cluster);
        await using var callers = RetryingCallers.Start(() => cluster.Silos, _leaves);
        await Eventually.HoldsAsync("the callers ask", () => callers.Asked > 200);

        foreach (var silo in cluster.Silos.ToList())
        {
            await ClusterArena.StopInOrderAsync(silo);
            await silo.RestartAsync();
            await cluster.AwaitActiveAsync(3);
        }

        var after = callers.Asked;
        await Eventually.HoldsAsync("the callers go on", () => callers.Asked > after + 200, 60);
        await callers.StopAsync();

        Report(callers);
        Assert.Empty(callers.Failed);
        await AssertHeldAsync(cluster.Caller, holds);
    }

    private static async Task PrepareAsync(SiloCluster cluster)
    {
        foreach (var leaf in _leaves)
        {
            await cluster.Caller.SetBudgetAsync(leaf.Split('/')[0], new { total = 1_000 });
            await cluster.Caller.SetBudgetAsync(leaf[..leaf.LastIndexOf('/')], new { total = 500 });
        }

        foreach (var silo in cluster.Silos)
        {
            foreach (var leaf in _leaves) await Eventually.HoldsAsync($"{leaf} is granted at every silo", async () => (await silo.Caller.PostAsync("/v1/check", new { cost_center = leaf, amount = 1, dry_run = true })).Allowed);
        }
    }

    /// <summary>Open reservations of every tree: of 5, 6 and 7 units.</summary>
    private static async Task<List<string>> HoldAsync(SiloCluster cluster)
    {
        var holds = new List<string>();
        for (var i = 0; i < Trees * HoldsOfEach; i++)
        {
            var answer = await cluster.Silos[i % 3].Caller.CheckAsync(_leaves[i % Trees], 5 + (i / Trees), ttlSeconds: 3_600);
            Assert.True(answer.Allowed, answer.Text);
            holds.Add(answer.ReservationId);
        }

        return holds;
    }

    /// <summary>Every hold is there, at its owner and at every ancestor, and is settled as if nothing had happened.</summary>
    private static async Task AssertHeldAsync(Caller caller, List<string> holds)
    {
        // Those of the callers lapse by themselves; what is left is to the nano-unit what was held before.
        foreach (var leaf in _leaves)
        {
            foreach (var node in (string[])[leaf.Split('/')[0], leaf[..leaf.LastIndexOf('/')]])
            {
                await Eventually.HoldsAsync($"{node} holds exactly what was reserved", async () => (await caller.LimitAsync(node, "total")).Held == 18 * Nano.PerUnit, 60);
            }
        }

        foreach (var (hold, i) in holds.Select((h, i) => (h, i)))
        {
            Assert.Equal("held", (await caller.GetAsync($"/v1/reservations/{hold}")).Is(200).GetProperty("state").GetString());
            var settled = await caller.SettleAsync($"settle-{i}", hold, 2);
            settled.Is(200);
            Assert.Empty(settled.Flags);
        }

        foreach (var leaf in _leaves)
        {
            var window = await caller.LimitAsync(leaf.Split('/')[0], "total");
            Assert.Equal((0, 6 * Nano.PerUnit), (window.Held, window.Spent));
        }

        Assert.Equal(holds.Count, await caller.AssertConsistentAsync());
    }

    private void Report(RetryingCallers callers)
    {
        output.WriteLine($"{callers.Asked} checks, {callers.Retried.Count} asked twice, {callers.Failed.Count} failed");
        foreach (var first in callers.Retried.GroupBy(r => r[(r.IndexOf(": ", StringComparison.Ordinal) + 2)..]).OrderByDescending(g => g.Count()).Take(10)) output.WriteLine($"  {first.Count()} asked twice after: {first.Key}");
        foreach (var failed in callers.Failed.Take(20)) output.WriteLine($"  FAILED {failed}");
    }
}
