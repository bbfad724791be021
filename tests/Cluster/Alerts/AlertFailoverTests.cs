using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Alerts;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Alerts;

/// <summary>
/// Invariant 9 over real Orleans streams: two silos, one of which is killed and started again throughout. Every crossing arrives at a real receiver under one id,
/// none invented, whichever silo found it and whichever had the channel's notifier.
/// </summary>
public sealed class AlertFailoverTests(ITestOutputHelper output)
{
    private const int Workers = 6;
    private const int Leaves = 30;
    private const int PostsPerLeaf = 10;
    private const int Kills = 3;
    private const double Patience = 240;

    [ClusterFact]
    public async Task Kill_OfOneOfTwoSilos_TellsEveryCrossingUnderOneId()
    {
        var random = Seed.NewRandom(output);
        using var store = Store.NewPostgres();
        await using var receiver = await AlertReceiver.StartAsync();
        await using var cluster = await SiloCluster.StartAsync(store, 2, "--Alerts:AllowPrivateAddresses=true", "--Alerts:WebhookRate=10000");
        var plan = new CrossingPlan(random, Leaves);
        await plan.PutBudgetsAsync(cluster.Caller);
        await PutChannelsAsync(cluster.Caller, receiver);

        await PostAllAsync(cluster, plan, plan.Posts(random, PostsPerLeaf), random);

        var expected = plan.Reached();
        await Eventually.HoldsAsync($"{expected.Count} crossings have arrived", () => Crossings(receiver).Count >= expected.Count, Patience);
        var told = Crossings(receiver);
        Assert.Empty(expected.Except(told.Select(c => (c.CostCenter, c.User, c.Period, c.Threshold))));
        Assert.All(told, c => Assert.True(expected.Contains((c.CostCenter, c.User, c.Period, c.Threshold)) && c.Generation == 0, $"invented: {c}"));
        Assert.Equal(expected.Count, told.Count);
        Assert.Empty(receiver.Faults);
        output.WriteLine($"{expected.Count} crossings, {Kills} kills of a silo, {receiver.Requests} requests");
        await cluster.Caller.AssertConsistentAsync();
    }

    private static async Task PutChannelsAsync(Caller caller, AlertReceiver receiver)
    {
        foreach (var name in new[] { "hook", "dead" })
        {
            var url = name == "hook" ? receiver.Address : new Uri($"http://127.0.0.1:{FreePort.Next()}/nobody");
            (await caller.PutAsync($"/v1/channels/{name}", new { type = "webhook", url, secret = AlertReceiver.Secret, types = new[] { "budget.threshold.reached" } })).Is(201);
        }
    }

    private static List<ReceivedCrossing> Crossings(AlertReceiver receiver) => [.. receiver.Told.Where(t => t.Crossing is not null).Select(t => t.Crossing!.Value)];

    /// <summary>Posts at both silos, each record until it is acknowledged by one of them.</summary>
    private static async Task PostAllAsync(SiloCluster cluster, CrossingPlan plan, List<(string CostCenter, string User, decimal Cost)> posts, Random random)
    {
        var (next, acknowledged) = (-1, 0);
        var workers = Enumerable.Range(0, Workers).Select(async worker =>
        {
            while (Interlocked.Increment(ref next) is var i && i < posts.Count)
            {
                var turn = worker;
                await Eventually.HoldsAsync($"p-{i} is acknowledged", () => TryPostAsync(cluster.Silos[turn++ % 2].Caller, $"p-{i}", posts[i]), Patience);
                plan.Spend(posts[i].CostCenter, posts[i].User, posts[i].Cost);
                Interlocked.Increment(ref acknowledged);
            }
        }).ToList();
        for (var kill = 0; kill < Kills; kill++)
        {
            var until = (int)((kill + random.NextDouble()) * posts.Count / Kills);
            await Eventually.HoldsAsync($"{until} posts are acknowledged", () => Volatile.Read(ref acknowledged) >= until || workers.TrueForAll(w => w.IsCompleted), Patience);
            await cluster.Silos[kill % 2].KillAsync();
            await cluster.Silos[kill % 2].RestartAsync();
        }

        await Task.WhenAll(workers);
    }

    private static async Task<bool> TryPostAsync(Caller caller, string id, (string CostCenter, string User, decimal Cost) post)
    {
        try
        {
            return (await caller.PostAsync("/v1/usage", new { request_id = id, cost_center = post.CostCenter, user = post.User, cost = post.Cost })).Status == 200;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }
}
