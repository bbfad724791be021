using System.Globalization;
using BudgetEngine.TestKit.Alerts;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests.Alerts;

/// <summary>
/// Invariant 9: random crossings, in the long form thousands, while the process is killed (<c>kill -9</c>) and started again, each told to a real receiver at least once, under
/// exactly one id per (cost center, user, window, threshold, generation), none invented. BUDGET_ALERT_LEAVES sets the size.
/// </summary>
public sealed class AlertCrashTests(ITestOutputHelper output)
{
    private const int Workers = 8;
    private const int PostsPerLeaf = 12;
    private const double Patience = 180;

    [Fact]
    public Task KillThroughout_Sqlite_TellsEveryCrossingUnderOneId() => RunAsync(postgres: false, kills: LongForms.Wanted ? 6 : 1);

    [PostgresFact]
    public Task KillThroughout_Postgres_TellsEveryCrossingUnderOneId() => RunAsync(postgres: true, kills: LongForms.Wanted ? 5 : 1);

    private static int Leaves =>
        int.TryParse(Environment.GetEnvironmentVariable("BUDGET_ALERT_LEAVES"), NumberStyles.None, CultureInfo.InvariantCulture, out var leaves) ? leaves : LongForms.Wanted ? 240 : 30;

    private async Task RunAsync(bool postgres, int kills)
    {
        var random = Seed.NewRandom(output);
        using var store = Store.New(postgres);
        await using var receiver = await AlertReceiver.StartAsync();
        await using var engine = await EngineProcess.StartAsync(
            store, "--Alerts:AllowPrivateAddresses=true", "--Alerts:WebhookRate=10000", "--Alerts:MaxConcurrentSends=16");
        var plan = new CrossingPlan(random, Leaves);
        await plan.PutBudgetsAsync(engine.Caller);
        await PutChannelAsync(engine.Caller, receiver);

        await PostAllAsync(engine, plan, plan.Posts(random, PostsPerLeaf), random, kills);
        var expected = plan.Reached();
        await AssertToldAsync(engine, receiver, expected, generations: 1);
        output.WriteLine($"{expected.Count} crossings, {kills} kills, {receiver.Requests} requests");

        var corrected = await CorrectToNothingAsync(engine, store, plan, random);
        await AgainAsync(engine, plan, corrected, random);
        var again = plan.Reached().Where(r => corrected.Contains(r.CostCenter)).ToHashSet();
        await Eventually.HoldsAsync($"{again.Count} crossings arrive again", () => Again().Count >= again.Count, Patience);
        Assert.Equal(again.Count, Again().Count);
        AssertIdsAreOne(receiver);
        output.WriteLine($"{again.Count} crossings again after corrections");
        await engine.Caller.AssertConsistentAsync();

        List<ReceivedCrossing> Again() => [.. CrossingsOf(receiver).Where(c => c.Generation == 1 && again.Contains((c.CostCenter, c.User, c.Period, c.Threshold)))];
    }

    private static async Task PutChannelAsync(Caller caller, AlertReceiver receiver)
    {
        var answer = await caller.PutAsync(
            "/v1/channels/hook", new { type = "webhook", url = receiver.Address, secret = AlertReceiver.Secret, types = new[] { "budget.threshold.reached" } });
        answer.Is(201);
    }

    /// <summary>Posts everything, each record until it is acknowledged; the process is killed after random numbers of acknowledgements.</summary>
    private static async Task PostAllAsync(
        EngineProcess engine, CrossingPlan plan, List<(string CostCenter, string User, decimal Cost)> posts, Random random, int kills)
    {
        var (next, acknowledged) = (-1, 0);
        var workers = Enumerable.Range(0, Workers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var i && i < posts.Count)
            {
                await PostAsync(engine, $"p-{i}", posts[i]);
                plan.Spend(posts[i].CostCenter, posts[i].User, posts[i].Cost);
                Interlocked.Increment(ref acknowledged);
            }
        }).ToList();
        for (var kill = 0; kill < kills; kill++)
        {
            var until = (int)((kill + random.NextDouble()) * posts.Count / kills);
            await Eventually.HoldsAsync($"{until} posts are acknowledged", () => Volatile.Read(ref acknowledged) >= until || workers.TrueForAll(w => w.IsCompleted), Patience);
            await engine.KillAsync();
            await engine.RestartAsync();
        }

        await Task.WhenAll(workers);
    }

    private static async Task PostAsync(EngineProcess engine, string id, (string CostCenter, string User, decimal Cost) post)
    {
        await Eventually.HoldsAsync($"{id} is acknowledged", async () =>
        {
            try
            {
                var answer = await engine.Caller.PostAsync("/v1/usage", new { request_id = id, cost_center = post.CostCenter, user = post.User, cost = post.Cost });
                return answer.Status == 200;
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
            {
                return false;
            }
        }, Patience);
    }

    /// <summary>Some leaves back to nothing, and waits until their thresholds are armed again.</summary>
    private static async Task<HashSet<string>> CorrectToNothingAsync(EngineProcess engine, Store store, CrossingPlan plan, Random random)
    {
        var leaves = plan.Leaves.OrderBy(_ => random.Next()).Take(10).ToHashSet();
        foreach (var leaf in leaves)
        {
            // Other users' and ancestors' thresholds stay reached: a leaf is a small part of them, or they fall and rise as it does; only leaves are counted here.
            foreach (var row in await engine.Caller.ExportAsync(leaf))
            {
                if (row.Cost == 0) continue;
                var corrected = await engine.Caller.PostAsync("/v1/usage/corrections", new { request_id = $"c-{row.RequestId}", corrects = row.RequestId, amount = -Nano.ToUnits(row.Cost), reason = "test" });
                corrected.Is(200);
            }
        }

        foreach (var leaf in leaves)
        {
            var fired = $"select at from threshold_marks where cost_center = '{leaf}' and fired";
            await Eventually.HoldsAsync($"{leaf} is armed again", async () => (await store.QueryAsync(fired, r => r.GetInt64(0))).Count == 0);
        }

        return leaves;
    }

    private static async Task AgainAsync(EngineProcess engine, CrossingPlan plan, HashSet<string> leaves, Random random)
    {
        await engine.KillAsync();
        await engine.RestartAsync();
        foreach (var leaf in leaves) await PostAsync(engine, $"again-{leaf}", (leaf, $"u{random.Next(4)}", plan.SpentAt(leaf)));
    }

    private static async Task AssertToldAsync(
        EngineProcess engine, AlertReceiver receiver, HashSet<(string CostCenter, string? User, string Period, decimal Threshold)> expected, int generations)
    {
        await AwaitToldAsync(engine, receiver, expected.Count);
        var told = CrossingsOf(receiver).ToList();
        var missing = expected.Except(told.Select(c => (c.CostCenter, c.User, c.Period, c.Threshold))).ToList();
        Assert.True(missing.Count == 0, $"{missing.Count} of {expected.Count} crossings are missing: {string.Join(", ", missing.Take(5))}");
        var invented = told.Where(c => !expected.Contains((c.CostCenter, c.User, c.Period, c.Threshold)) || c.Generation >= generations).ToList();
        Assert.True(invented.Count == 0, $"{invented.Count} crossings are invented: {string.Join(", ", invented.Take(5))}");
        Assert.Equal(expected.Count, told.Count);
        AssertIdsAreOne(receiver);
    }

    private static async Task AwaitToldAsync(EngineProcess engine, AlertReceiver receiver, int crossings)
    {
        try
        {
            await Eventually.HoldsAsync($"{crossings} crossings have arrived", () => receiver.Count >= crossings, Patience);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; {receiver.Count} have. {(await engine.Caller.GetAsync("/v1/channels/hook")).Text}\n{engine.Output}", late);
        }
    }

    private static void AssertIdsAreOne(AlertReceiver receiver)
    {
        Assert.Empty(receiver.Faults);
        var twice = receiver.Told.Where(t => t.Crossing is not null).GroupBy(t => t.Crossing!.Value).Where(g => g.Count() > 1).ToList();
        Assert.True(twice.Count == 0, $"{twice.Count} crossings have several ids: {string.Join(", ", twice.Take(3).Select(g => g.Key))}");
    }

    private static IEnumerable<ReceivedCrossing> CrossingsOf(AlertReceiver receiver) => receiver.Told.Where(t => t.Crossing is not null).Select(t => t.Crossing!.Value);
}
