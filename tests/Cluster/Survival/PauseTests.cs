using BudgetEngine.Cluster.Harness;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Survival;

/// <summary>A silo that stands still for so long that others take its cost centers over, and then goes on as if nothing had happened.</summary>
[Collection(SurvivalCollection.Name)]
public sealed class PauseTests(ITestOutputHelper output)
{
    private const int Waiting = 40;

    private static readonly TimeSpan _paused = TimeSpan.FromSeconds(30);

    [ClusterFact(IsLong = true)]
    public async Task Pause_LongerThanTheLease_GrantsNothingTwiceAndEndsTheProcess()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 3);
        var budgets = await BudgetsAtSilos.SetAsync(cluster);
        using var door = new Caller(new Uri("http://cluster"), handler: new FrontDoor(() => [.. cluster.Silos.Select(s => s.Address)]));
        var before = new Spenders(door, BudgetsAtSilos.Amount, "before");
        foreach (var node in budgets.All)
        {
            for (var i = 0; i < 20; i++) Assert.NotNull((await before.AskAsync(node)).ReservationId);
        }

        var victim = await budgets.HolderOfBothAsync(cluster);
        var lost = await budgets.AtAsync(cluster, victim);
        await Signals.StopAsync(victim.Id);
        var resumes = Task.Delay(_paused);

        // Asked of the silo that stands still: they wait in its socket and are the first that it decides.
        var atZombie = Enumerable.Range(0, Waiting).Select(i => AskZombieAsync(victim, lost.ElementAt(i % lost.Count))).ToList();
        await cluster.AwaitActiveAsync(2);
        var others = new Spenders(door, BudgetsAtSilos.Amount, "after");
        others.Start(budgets.All);
        await others.WhenUsedUpAsync(budgets.All);
        await others.StopAsync();
        await others.ResolveAsync();
        await resumes;
        Signals.Continue(victim.Id);
        while (!victim.HasExited && atZombie.Count < 2_000)
        {
            atZombie.Add(AskZombieAsync(victim, lost.ElementAt(atZombie.Count % lost.Count)));
            await atZombie[^1];
        }

        var answers = await Task.WhenAll(atZombie);
        foreach (var kind in others.All.GroupBy(a => a.Reason ?? (a.IsUnknown ? "no answer" : "allow"))) output.WriteLine($"asked of the others: {kind.Count()} {kind.Key}");
        foreach (var kind in answers.GroupBy(a => a)) output.WriteLine($"asked of the silo that stood still: {kind.Count()} {kind.Key}");
        Assert.DoesNotContain("allow", answers);
        foreach (var node in budgets.All)
        {
            // What only the memory of the silo that stood still held is lost with it; nothing else is, and nothing is granted twice.
            var again = budgets.Memory.Contains(node) && lost.Contains(node) ? 20 : 0;
            Assert.Equal((node, BudgetsAtSilos.Units + again), (node, before.AllowedAt(node) + others.AllowedAt(node)));
            Assert.Equal((node, 10 * Nano.PerUnit), (node, await BudgetsAtSilos.HeldAsync(door, node)));
        }

        // It ends by itself, in a way that Kubernetes takes for a failure and starts it anew.
        await Eventually.HoldsAsync("a silo that was voted dead ends", () => victim.HasExited, 30);
        Assert.Equal(70, victim.ExitCode);
        await victim.RestartAsync();
        await cluster.AwaitActiveAsync(3);
    }

    /// <summary>The decision of the silo itself, or why there is none.</summary>
    private static async Task<string> AskZombieAsync(EngineProcess silo, string node)
    {
        try
        {
            var answer = await silo.Caller.CheckAsync(node, BudgetsAtSilos.Amount);
            return answer.Status != 200 ? $"{answer.Status}" : answer.Allowed ? "allow" : $"deny {answer.Reason}";
        }
        catch (Exception gone) when (MixedLoad.IsGone(gone) || gone is ObjectDisposedException)
        {
            return "no answer";
        }
    }
}
