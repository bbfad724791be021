using System.Globalization;
using System.Text.Json;
using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>
/// The public trace of one afternoon of a real service (Azure LLM inference trace 2023), priced by a real price file, posted twice and shuffled: every total
/// equals, to the nano-unit, what this test computes by itself.
/// </summary>
public sealed class RealInputTests(ITestOutputHelper output)
{
    private const string Trace = "azure-llm-conversation-2023.csv";
    private const string Prices = "litellm-prices.json";

    private const string Rule =
        "row n (1-based), h = (n * 2654435761) mod 2^32: department h mod 3, project (h / 3) mod 4 of that department, model (h / 12) mod 4, " +
        "cached input tokens = input * ((h / 48) mod 5) / 8 rounded down, days back from the newest = (h / 240) mod 4, user u-((h / 960) mod 7)";

    private static readonly string[] _models = ["gpt-4.1", "gpt-4o-mini", "gemini-2.0-flash-lite", "deepseek-v4-pro"];

    [SharedFileFact(Trace, Prices)]
    public Task Replay_TwiceAndShuffledOnSqlite_EqualsAnIndependentComputation() => ReplayAsync(postgres: false, atOnce: 4);

    [PostgresSharedFileFact(Trace, Prices)]
    public Task Replay_TwiceAndShuffledOnPostgres_EqualsAnIndependentComputation() => ReplayAsync(postgres: true, atOnce: 4);

    private async Task ReplayAsync(bool postgres, int atOnce)
    {
        output.WriteLine(Rule);
        var random = Seed.NewRandom(output);
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        var caller = engine.Caller;
        // Saigon is 7 hours ahead, without summer time: the trace's evening in UTC falls on the next day there.
        await caller.SetBudgetAsync("azure", new { monthly = 100_000, time_zone = "Asia/Ho_Chi_Minh" });
        var priceFile = await File.ReadAllTextAsync(Repository.SharedFile(Prices)!);
        var imported = await caller.PostTextAsync($"/v1/prices/import?format=litellm&effective_from={Uri.EscapeDataString(DateTimeOffset.UtcNow.AddDays(-80).ToString("O"))}", priceFile);
        Assert.True(imported.Is(200).GetProperty("added").GetArrayLength() > 100, imported.Text);

        var records = await ReadTraceAsync(priceFile);
        var expected = records.ToDictionary(r => r.RequestId);
        var sent = records.Concat(records).ToArray();
        random.Shuffle(sent);
        var batches = sent.Chunk(1_500).ToArray();
        var started = TimeProvider.System.GetTimestamp();
        var answers = await Load.RunAsync(batches.Length, atOnce, i => caller.PostNdJsonAsync("/v1/usage", batches[i].Select(r => r.ToBody())));
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.Equal(records.Count, answers.Sum(a => a.Is(200).GetProperty("recorded").GetInt32()));
        Assert.Equal(records.Count, answers.Sum(a => a.Body.GetProperty("duplicates").GetInt32()));
        Assert.Equal(0, answers.Sum(a => a.Body.GetProperty("rejected").GetInt32()));
        output.WriteLine($"{sent.Length} records posted in {took.TotalSeconds:0.0} s, {records.Count} recorded; total {Nano.ToUnits(records.Sum(r => r.Cost))} USD");

        var rows = await caller.ExportAsync("azure");
        Assert.Equal(records.Count, rows.Count);
        Assert.All(rows, r => Assert.Equal((expected[r.RequestId].Cost, expected[r.RequestId].CostCenter, expected[r.RequestId].Model, expected[r.RequestId].Date), (r.Cost, r.CostCenter, r.Model, r.BookedDate)));
        Books.AssertEqual(Books.Of(records.Select(r => r.ToRow())), await store.ReadBalancesAsync());
        await caller.AssertConsistentAsync();
        var today = DateOnly.FromDateTime(DateTime.UtcNow.AddHours(7));
        foreach (var path in records.SelectMany(r => Books.SelfAndAncestors(r.CostCenter)).Distinct()) await AssertCostCenterAsync(caller, path, records, today);
    }

    private static async Task AssertCostCenterAsync(Caller caller, string path, List<TraceRecord> records, DateOnly today)
    {
        var under = records.Where(r => r.CostCenter == path || r.CostCenter.StartsWith(path + "/", StringComparison.Ordinal)).ToList();
        var month = under.Where(r => (r.Date.Year, r.Date.Month) == (today.Year, today.Month)).ToList();
        var node = await caller.CostCenterAsync(path);
        Assert.Equal(under.Where(r => r.Date == today).Sum(r => r.Cost), Nano.Of(node.GetProperty("spent_today")));
        Assert.Equal(month.Sum(r => r.Cost), Nano.Of(node.GetProperty("spent_month")));
        Assert.Equal(under.Count(r => r.Date == today), node.GetProperty("requests_today").GetInt64());
        // Roll-ups by model follow the rows within a second.
        var expected = month.GroupBy(r => r.Model).ToDictionary(g => g.Key, g => (Today: g.Where(r => r.Date == today).Sum(r => r.Cost), Month: g.Sum(r => r.Cost), Requests: g.LongCount()));
        Dictionary<string, (long, long, long)> actual = [];
        try
        {
            await Eventually.HoldsAsync($"the models of {path} are rolled up", async () =>
            {
                actual = (await caller.CostCenterAsync(path)).GetProperty("models").EnumerateArray().ToDictionary(
                    m => m.GetProperty("model").GetString()!,
                    m => (Nano.Of(m.GetProperty("spent_today")), Nano.Of(m.GetProperty("spent_month")), m.GetProperty("requests_month").GetInt64()));
                return expected.Count == actual.Count && expected.All(e => actual.GetValueOrDefault(e.Key) == e.Value);
            });
        }
        catch (TimeoutException late)
        {
            Assert.Fail($"{late.Message}\nexpected {string.Join("; ", expected)}\nactual   {string.Join("; ", actual)}");
        }
    }

    private async Task<List<TraceRecord>> ReadTraceAsync(string priceFile)
    {
        var prices = JsonDocument.Parse(priceFile).RootElement;
        var lines = (await File.ReadAllLinesAsync(Repository.SharedFile(Trace)!)).Skip(1).Where(l => l.Length > 0).Select(l => l.Split(',')).ToList();
        var last = TimeOf(lines.MaxBy(l => l[0], StringComparer.Ordinal)!);
        // Whole days: the newest row is from today or, where that would be ahead of now, from yesterday.
        var shift = (int)Math.Floor((DateTime.UtcNow - last).TotalDays);
        output.WriteLine($"{lines.Count} rows of {Trace}, shifted by {shift} whole days, less the days back of the rule");
        return [.. lines.Select((l, i) => ReadRow(l, i + 1, shift, prices))];
    }

    private static TraceRecord ReadRow(string[] columns, int number, int shift, JsonElement prices)
    {
        var hash = number * 2654435761L % (1L << 32);
        var (input, generated) = (long.Parse(columns[1], CultureInfo.InvariantCulture), long.Parse(columns[2], CultureInfo.InvariantCulture));
        var model = _models[hash / 12 % 4];
        var cached = input * (hash / 48 % 5) / 8;
        var time = TimeOf(columns).AddDays(shift - (int)(hash / 240 % 4));
        return new TraceRecord(
            $"azure-{number}", $"azure/dept-{hash % 3}/project-{hash / 3 % 4}", model, $"u-{hash / 960 % 7}", input, cached, generated, time,
            DateOnly.FromDateTime(time.AddHours(7)), CostOf(prices.GetProperty(model), input, cached, generated));
    }

    /// <summary>The formula of section 4, at prices per token, in decimal, rounded once, half to even.</summary>
    private static long CostOf(JsonElement price, long input, long cached, long generated)
    {
        var cost = (input - cached) * Of("input_cost_per_token") + cached * Of("cache_read_input_token_cost") + generated * Of("output_cost_per_token");
        return (long)decimal.Round(cost * Nano.PerUnit, 0, MidpointRounding.ToEven);

        decimal Of(string field) => decimal.Parse(price.GetProperty(field).GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static DateTime TimeOf(string[] columns) =>
        DateTime.Parse(columns[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private sealed record TraceRecord(
        string RequestId, string CostCenter, string Model, string User, long Input, long Cached, long Output, DateTime Time, DateOnly Date, long Cost)
    {
        public object ToBody() => new
        {
            request_id = RequestId, cost_center = CostCenter, model = Model, user = User, input_tokens = Input, cached_input_tokens = Cached, output_tokens = Output,
            timestamp = Time.ToString("O", CultureInfo.InvariantCulture),
        };

        public Row ToRow() => new("usage", RequestId, CostCenter, User, Model, Cost, true, Date, null, []);
    }
}

/// <summary>Needs a PostgreSQL server and files of <c>../shared/data</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresSharedFileFactAttribute : FactAttribute
{
    public PostgresSharedFileFactAttribute(params string[] names) => Skip = new SharedFileFactAttribute(names).Skip ?? new PostgresFactAttribute().Skip;
}
