using System.Globalization;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>
/// A cost center is moved while callers go on under both names, and the process is killed (<c>kill -9</c>) at each step of the job: the job ends, every sum is that of the rows, and what was
/// acknowledged is there once. BUDGET_CRASH_ROUNDS sets how many more moves there are, each killed at random.
/// </summary>
public sealed class MoveTests(ITestOutputHelper output)
{
    private const int Workers = 4;
    private const int Records = 9_000;

    private static readonly string[] _places = ["acme/old", "acme/dept/new", "acme/other", "acme/dept/old"];

    [Fact]
    public Task Kill_AtEachStepOfAMoveOnSqlite_LosesNothing() => RunAsync(postgres: false);

    [PostgresFact]
    public Task Kill_AtEachStepOfAMoveOnPostgres_LosesNothing() => RunAsync(postgres: true);

    private async Task RunAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        var random = Seed.NewRandom(output);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme", new { monthly = 1_000_000 });
        await engine.Caller.SetBudgetAsync("acme/old", new { daily = 400_000, per_user = new { daily = 300_000 } });
        await engine.Caller.SetBudgetAsync("acme/dept", new { daily = 500_000 });
        foreach (var chunk in Enumerable.Range(0, Records).Chunk(3_000)) (await engine.Caller.PostNdJsonAsync("/v1/usage", chunk.Select(RecordOf))).Is(200);
        var traffic = new MoveTraffic(() => engine.Caller);

        var states = await MoveAsync(engine, traffic, random, _places[0], _places[1], [KillAtOnceAsync, KillOnceMovedAsync, KillWhileRenamingAsync]);
        Assert.Contains("draining", states);
        for (var round = 1; round <= Rounds; round++)
        {
            var (from, to) = (_places[round % _places.Length], _places[(round + 1) % _places.Length]);
            await MoveAsync(engine, traffic, random, from, to, [(e, id) => KillAtRandomAsync(e, id, random), (e, id) => KillAtRandomAsync(e, id, random)]);
        }
    }

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("BUDGET_CRASH_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 0;

    /// <summary>In which states it was killed.</summary>
    private async Task<List<string>> MoveAsync(EngineProcess engine, MoveTraffic traffic, Random random, string from, string to, Func<EngineProcess, string, Task<string>>[] kills)
    {
        using var stop = new CancellationTokenSource();
        traffic.Names = [from, to];
        var workers = Enumerable.Range(0, Workers).Select(_ => traffic.RunAsync(new Random(random.Next()), stop.Token)).ToList();
        var before = traffic.Acknowledged.Count;
        await Eventually.HoldsAsync("callers are at work", () => traffic.Acknowledged.Count - before >= 40, 60);
        var id = (await engine.Caller.PostAsync($"/v1/cost-centers/{from}/move", new { to })).Is(202).GetProperty("id").GetString()!;
        var states = new List<string>();
        foreach (var kill in kills)
        {
            states.Add(await kill(engine, id));
            output.WriteLine($"{from} to {to}: killed while {states[^1]}, {traffic.Acknowledged.Count} acknowledged");
            await engine.RestartAsync();
        }

        await EndAsync(engine, id);
        // Checks of the old name ask the new one again.
        await Eventually.HoldsAsync("a check of the old name is allowed", async () => (await engine.Caller.PostAsync("/v1/check", new { cost_center = from, amount = 0.1, dry_run = true })).Allowed);
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        await VerifyAsync(engine, traffic, from, to);
        output.WriteLine($"{from} to {to}: {traffic.Acknowledged.Count} acknowledged, {traffic.Denied} checks denied so far");
        return states;
    }

    private static async Task<string> KillAtOnceAsync(EngineProcess engine, string id)
    {
        var state = await StateAsync(engine, id);
        await engine.KillAsync();
        return state.State;
    }

    private static Task<string> KillOnceMovedAsync(EngineProcess engine, string id) => KillWhenAsync(engine, id, "everything is moved", (state, _) => state != "draining");

    private static Task<string> KillWhileRenamingAsync(EngineProcess engine, string id) => KillWhenAsync(engine, id, "some rows are renamed", (state, rows) => rows > 0 || state == "done");

    private static async Task<string> KillAtRandomAsync(EngineProcess engine, string id, Random random)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(2_500)), TimeProvider.System);
        return await KillAtOnceAsync(engine, id);
    }

    private static async Task<string> KillWhenAsync(EngineProcess engine, string id, string what, Func<string, long, bool> when)
    {
        var job = await StateAsync(engine, id);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // Asked without a pause: a step takes some milliseconds.
        while (!when(job.State, job.RowsDone))
        {
            Assert.False(timeout.IsCancellationRequested, $"Awaited for 60 s in vain: {what}. The job is {job}.");
            job = await StateAsync(engine, id);
        }

        await engine.KillAsync();
        return job.State;
    }

    private static async Task<(string State, long RowsDone)> StateAsync(EngineProcess engine, string id)
    {
        var job = (await engine.Caller.GetAsync($"/v1/moves/{id}")).Is(200);
        return (job.GetProperty("state").GetString()!, job.GetProperty("rows_done").GetInt64());
    }

    private static async Task EndAsync(EngineProcess engine, string id)
    {
        await Eventually.HoldsAsync("the move is done", async () => (await StateAsync(engine, id)).State == "done", 90);
        var job = (await engine.Caller.GetAsync($"/v1/moves/{id}")).Is(200);
        Assert.Equal(job.GetProperty("rows_total").GetInt64(), job.GetProperty("rows_done").GetInt64());
    }

    private static async Task VerifyAsync(EngineProcess engine, MoveTraffic traffic, string from, string to)
    {
        var rows = await engine.Caller.ExportAsync("acme");
        Assert.Equal(rows.Count, rows.Select(r => r.RequestId).Distinct().Count());
        Assert.Equal(Records + traffic.Acknowledged.Count, rows.Count);
        Assert.All(rows.Where(r => r.RequestId[0] == 't'), r => Assert.Equal(traffic.Acknowledged[r.RequestId].Cost, r.Cost));
        Assert.DoesNotContain(rows, r => IsWithin(r, from));
        await AssertSpentAsync(engine, rows, "acme", to, to + "/a", to + "/b", to + "/c");
        await Eventually.HoldsAsync("nothing is held", async () => (await engine.Caller.LimitAsync("acme", "monthly")).Held == 0, 60);
        await engine.Caller.AssertConsistentAsync();
        // Who repeats what was sent under the old name has sent it already.
        var sent = traffic.Acknowledged.Values.First();
        Assert.Equal("duplicate", (await engine.Caller.PostAsync("/v1/usage", sent.Record)).Is(200).GetProperty("result").GetString());
        Assert.Equal("duplicate", (await engine.Caller.PostAsync("/v1/usage", RecordOf(1))).Is(200).GetProperty("result").GetString());
    }

    private static async Task AssertSpentAsync(EngineProcess engine, List<Row> rows, params string[] paths)
    {
        foreach (var path in paths) Assert.Equal((path, rows.Where(r => IsWithin(r, path)).Sum(r => r.Cost)), (path, Nano.Of((await engine.Caller.CostCenterAsync(path)).GetProperty("spent_month"))));
    }

    private static bool IsWithin(Row row, string path) => row.CostCenter == path || row.CostCenter.StartsWith(path + "/", StringComparison.Ordinal);

    private static object RecordOf(int i) => new { request_id = $"r{i}", cost_center = $"{_places[i % 9 == 0 ? 2 : 0]}/{(char)('a' + (i % 3))}", user = $"u-{i % 5}", cost = 0.01m };
}
