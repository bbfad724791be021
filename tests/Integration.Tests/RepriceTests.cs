using System.Globalization;
using System.Text.Json;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>Usage is rated again while the process is killed in the middle of it (<c>kill -9</c>), twice: every difference is booked, once, and the job's sums are those of the ledger.</summary>
public sealed class RepriceTests(ITestOutputHelper output)
{
    private static readonly int Records = LongForms.Wanted ? 16_000 : 8_000;

    [Fact]
    public Task Kill_InTheMiddleOfAJobOnSqlite_BooksEveryDifferenceOnce() => RunAsync(postgres: false);

    [PostgresFact]
    public Task Kill_InTheMiddleOfAJobOnPostgres_BooksEveryDifferenceOnce() => RunAsync(postgres: true);

    private async Task RunAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme", new { monthly = 1_000_000 });
        await PriceAsync(engine, 2, "2026-01-01T00:00:00Z");
        var at = Today.Ago(TimeSpan.FromMinutes(1)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        foreach (var chunk in Enumerable.Range(0, Records).Chunk(4_000)) (await engine.Caller.PostNdJsonAsync("/v1/usage", chunk.Select(i => RecordOf(i, at)))).Is(200);
        var before = Enumerable.Range(0, Records).Sum(i => CostOf(i, 2_000));
        Assert.Equal(before, (await engine.Caller.ExportAsync("acme")).Sum(r => r.Cost));
        await PriceAsync(engine, 3, "2026-02-01T00:00:00Z");
        var id = (await engine.Caller.PostAsync("/v1/prices/reprice", new { from = "2026-01-01", cost_center = "acme" })).Is(202).GetProperty("id").GetString()!;

        var killedAt = await KillWhenDoneAsync(engine, id, 1_000);
        await engine.RestartAsync();
        killedAt = await KillWhenDoneAsync(engine, id, killedAt + 1_000);
        await engine.RestartAsync();
        var job = await EndAsync(engine, id);

        var expected = Enumerable.Range(0, Records).Sum(i => CostOf(i, 3_000)) - before;
        Assert.Equal((Records, Records, expected, before), (job.GetProperty("rows_done").GetInt32(), job.GetProperty("rows_changed").GetInt32(), Nano.Of(job.GetProperty("difference")), Nano.Of(job.GetProperty("before"))));
        var rows = await engine.Caller.ExportAsync("acme");
        var corrections = rows.Where(r => r.Kind == "correction").ToList();
        Assert.Equal(Records, corrections.Select(r => r.Corrects).Distinct().Count());
        Assert.Equal((Records, before + expected), (corrections.Count, rows.Sum(r => r.Cost)));
        foreach (var leaf in new[] { "acme/a", "acme/b", "acme/c" }) Assert.Equal(rows.Where(r => r.CostCenter == leaf).Sum(r => r.Cost), Nano.Of((await engine.Caller.CostCenterAsync(leaf)).GetProperty("spent_month")));
        await engine.Caller.AssertConsistentAsync();

        var again = (await engine.Caller.PostAsync("/v1/prices/reprice", new { from = "2026-01-01", cost_center = "acme" })).Is(202).GetProperty("id").GetString()!;
        Assert.Equal(0, (await EndAsync(engine, again)).GetProperty("rows_changed").GetInt32());
        Assert.Equal(rows.Count, (await engine.Caller.ExportAsync("acme")).Count);
    }

    /// <summary>How many rows were done when it was killed.</summary>
    private async Task<long> KillWhenDoneAsync(EngineProcess engine, string id, long rows)
    {
        var done = 0L;
        await Eventually.HoldsAsync($"{rows} rows are done", async () =>
        {
            var job = (await engine.Caller.GetAsync($"/v1/prices/reprice/{id}")).Is(200);
            done = job.GetProperty("rows_done").GetInt64();
            Assert.Equal("open", job.GetProperty("state").GetString());
            return done >= rows;
        }, 60);
        await engine.KillAsync();
        output.WriteLine($"killed after {done} rows");
        return done;
    }

    private static async Task<JsonElement> EndAsync(EngineProcess engine, string id)
    {
        JsonElement job = default;
        await Eventually.HoldsAsync("the job is done", async () =>
        {
            job = (await engine.Caller.GetAsync($"/v1/prices/reprice/{id}")).Is(200);
            return job.GetProperty("state").GetString() == "done";
        }, 120);
        return job;
    }

    private static async Task PriceAsync(EngineProcess engine, int input, string from)
    {
        var answer = await engine.Caller.PutAsync("/v1/prices/m", new { input, output = 8, effective_from = from });
        Assert.True(answer.Status is 200 or 201, answer.Text);
    }

    private static object RecordOf(int i, string at) =>
        new { request_id = $"r{i}", cost_center = $"acme/{(char)('a' + (i % 3))}", user = $"u-{i % 7}", model = "m", input_tokens = 1_000 + i, output_tokens = 0, timestamp = at };

    private static long CostOf(int i, long nanosPerToken) => (1_000 + i) * nanosPerToken;
}
