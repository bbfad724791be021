using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Silos;

/// <summary>A cost center is moved at one silo while its nodes are active on all, and callers go on at all of them under both names; the second time a silo is killed in the middle.</summary>
public sealed class MoveTests(ITestOutputHelper output)
{
    private const int Silos = 3;
    private const int Records = 6_000;

    [ClusterFact]
    public async Task Move_WhileCallersGoOnAtEverySilo_LeavesAllSilosAgreed_AlsoWhenOneIsKilled()
    {
        using var store = Store.NewPostgres();
        var random = Seed.NewRandom(output);
        await using var cluster = await SiloCluster.StartAsync(store, Silos);
        await cluster.Caller.SetBudgetAsync("acme", new { monthly = 1_000_000 });
        await cluster.Caller.SetBudgetAsync("acme/old", new { daily = 400_000, per_user = new { daily = 300_000 } });
        await cluster.Caller.SetBudgetAsync("acme/dept", new { daily = 500_000 });
        await SiloCluster.KnownAsync("acme/old/a", cluster.Silos);
        foreach (var chunk in Enumerable.Range(0, Records).Chunk(3_000)) (await cluster.Caller.PostNdJsonAsync("/v1/usage", chunk.Select(RecordOf))).Is(200);
        var turn = 0;
        var traffic = new MoveTraffic(() =>
        {
            var silos = cluster.Silos.Where(s => !s.HasExited).ToList();
            return silos[Interlocked.Increment(ref turn) % silos.Count].Caller;
        });

        await MoveAsync(cluster, traffic, random, "acme/old", "acme/dept/new", killed: null);
        await MoveAsync(cluster, traffic, random, "acme/dept/new", "acme/back", killed: cluster.Silos[^1]);
    }

    private async Task MoveAsync(SiloCluster cluster, MoveTraffic traffic, Random random, string from, string to, EngineProcess? killed)
    {
        using var stop = new CancellationTokenSource();
        traffic.Names = [from, to];
        var workers = Enumerable.Range(0, 2 * Silos).Select(_ => traffic.RunAsync(new Random(random.Next()), stop.Token)).ToList();
        var before = traffic.Acknowledged.Count;
        await Eventually.HoldsAsync("callers are at work", () => traffic.Acknowledged.Count - before >= 60, 60);
        await Eventually.HoldsAsync("nodes of both places are active", async () => (await cluster.HoldersAsync()) is var holders && holders.ContainsKey(from) && holders.ContainsKey(to), 60);

        var asked = cluster.Silos[0].Caller;
        var id = (await asked.PostAsync($"/v1/cost-centers/{from}/move", new { to })).Is(202).GetProperty("id").GetString()!;
        if (killed is not null)
        {
            var state = "draining";
            await Eventually.HoldsAsync("the move is under way", async () => (state = await StateAsync(asked, id)) != "draining", 60);
            await killed.KillAsync();
            output.WriteLine($"killed a silo while {state}");
            // The others ask it no more.
            await cluster.AwaitActiveAsync(Silos - 1);
            await cluster.RemoveAsync(killed);
        }

        await Eventually.HoldsAsync("the move is done", async () => await StateAsync(asked, id) == "done", 120);
        await SiloCluster.KnownAsync(from, cluster.Silos);
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        output.WriteLine($"{from} to {to}: {traffic.Acknowledged.Count} acknowledged, {traffic.Denied} checks denied so far");
        await VerifyAsync(cluster, traffic, from, to);
    }

    private static async Task<string> StateAsync(Caller caller, string id) => (await caller.GetAsync($"/v1/moves/{id}")).Is(200).GetProperty("state").GetString()!;

    private static async Task VerifyAsync(SiloCluster cluster, MoveTraffic traffic, string from, string to)
    {
        var rows = await cluster.Caller.ExportAsync("acme");
        Assert.Equal(rows.Count, rows.Select(r => r.RequestId).Distinct().Count());
        Assert.Equal(Records + traffic.Acknowledged.Count, rows.Count);
        Assert.DoesNotContain(rows, r => IsWithin(r, from));
        await cluster.Caller.AssertConsistentAsync();
        foreach (var silo in cluster.Silos)
        {
            // What a memory held that was killed lapses, 20 s after the check at most.
            await Eventually.HoldsAsync("nothing is held", async () => (await silo.Caller.LimitAsync("acme", "monthly")).Held == 0, 60);
            foreach (var path in (string[])["acme", to, to + "/a", to + "/b", to + "/c"])
            {
                Assert.Equal((silo.Address, path, rows.Where(r => IsWithin(r, path)).Sum(r => r.Cost)), (silo.Address, path, Nano.Of((await silo.Caller.CostCenterAsync(path)).GetProperty("spent_month"))));
            }

            // The budget went along, and every silo knows.
            Assert.Equal(400_000 * Nano.PerUnit, (await silo.Caller.LimitAsync(to)).Limit);
        }
    }

    private static bool IsWithin(Row row, string path) => row.CostCenter == path || row.CostCenter.StartsWith(path + "/", StringComparison.Ordinal);

    private static object RecordOf(int i) => new { request_id = $"r{i}", cost_center = $"acme/old/{(char)('a' + (i % 3))}", user = $"u-{i % 5}", cost = 0.01m };
}
