using System.Collections.Concurrent;
using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Survival;

/// <summary>A silo stands still: what is asked of the others is answered within the deadline of a check, whatever of its path is at the silo that does not answer.</summary>
[Collection(SurvivalCollection.Name)]
public sealed class PauseDeadlineTests(ITestOutputHelper output)
{
    private const int Trees = 24;

    /// <summary>The engine's default for <c>/v1/check</c>, and as much again for a machine with other things to do.</summary>
    private static readonly TimeSpan _atMost = TimeSpan.FromSeconds(2 + 2);

    /// <summary>After the others have voted it dead: the fence, and what follows.</summary>
    private static readonly TimeSpan _afterwards = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(50);

    [ClusterFact]
    public async Task Pause_OfASilo_ChecksAtTheOthersAreAnsweredWithinTheirDeadline()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 3);
        string[] trees = [.. Enumerable.Range(0, Trees).Select(i => $"tree{i}")];
        foreach (var tree in trees) await cluster.Caller.SetBudgetAsync(tree, new { total = 1_000 });
        foreach (var tree in trees) await SiloCluster.KnownAsync(LeafOf(tree), cluster.Silos);
        var holders = await cluster.HoldersAsync();
        var victim = cluster.Silos.MaxBy(s => trees.Count(t => holders[t] == s.Id && holders[LeafOf(t)] != s.Id))!;
        var waits = new ConcurrentQueue<(string Kind, TimeSpan Time, string Answer)>();
        using var stopping = new CancellationTokenSource();

        await Signals.StopAsync(victim.Id);
        var asking = cluster.Silos.Where(s => s != victim).SelectMany(s => trees.Select(t => AskAsync(s, t, KindOf(holders, t, victim), waits, stopping.Token))).ToList();
        await cluster.AwaitActiveAsync(2);
        await Task.Delay(_afterwards);
        await stopping.CancelAsync();
        await Task.WhenAll(asking);

        foreach (var kind in waits.GroupBy(w => w.Kind).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{kind.Key}: {kind.Count()} asked, longest {kind.Max(w => w.Time).TotalSeconds:0.00} s, {kind.Count(w => w.Answer == "allow")} allowed, {kind.Count(w => w.Time > TimeSpan.FromSeconds(0.5))} took more than 0.5 s");
        }

        Assert.Equal(3, waits.Select(w => w.Kind).Distinct().Count());
        Assert.All(waits, w => Assert.True(w.Time < _atMost, $"{w.Kind}: {w.Answer} after {w.Time.TotalSeconds:0.00} s"));
        Assert.All(waits, w => Assert.True(w.Answer is "allow" or "ledger_unavailable", w.Answer));
    }

    private static async Task AskAsync(EngineProcess silo, string tree, string kind, ConcurrentQueue<(string, TimeSpan, string)> waits, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var began = TimeProvider.System.GetTimestamp();
            var answer = await silo.Caller.CheckAsync(LeafOf(tree), 0.001m, ttlSeconds: 1);
            waits.Enqueue((kind, TimeProvider.System.GetElapsedTime(began), answer.Allowed ? "allow" : answer.Reason ?? answer.Text));
            await Task.Delay(_every, CancellationToken.None);
        }
    }

    private static string KindOf(Dictionary<string, int> holders, string tree, EngineProcess victim) =>
        holders[LeafOf(tree)] == victim.Id ? "the cost center was at the silo that stands still" : holders[tree] == victim.Id ? "only its tenant was" : "nothing of its path was";

    private static string LeafOf(string tree) => $"{tree}/team/leaf";
}
