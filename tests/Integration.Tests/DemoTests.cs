using System.Globalization;
using System.Text.Json;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Integration.Tests;

/// <summary><c>--demo</c>: its history adds up, is there once however often the demo is started, and leaves no view of the dashboard empty.</summary>
public sealed class DemoTests : IDisposable
{
    private const int FilledWithin = 180;

    private readonly Store _store = Store.NewSqlite();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Demo_StartedTwice_HasItsHistoryOnceAndFillsEveryView()
    {
        await using var engine = await EngineProcess.StartAsync(_store, "--demo");
        await FilledAsync(engine);
        var first = await HistoryAsync(engine);
        Assert.InRange(first.Count, 15_000, 50_000);
        Assert.Contains("-refund", string.Join(' ', first.Keys), StringComparison.Ordinal);
        Assert.True(await engine.Caller.AssertConsistentAsync() >= first.Count);
        Assert.Equal(0, await engine.StopAsync());

        await engine.RestartAsync();
        await FilledAsync(engine);
        Assert.Contains("is there: 0 records are new", engine.Output, StringComparison.Ordinal);
        Assert.Contains(" 0 were refused", engine.Output, StringComparison.Ordinal);
        Assert.Equal(first, await HistoryAsync(engine));
        await engine.Caller.AssertConsistentAsync();
        await AssertViewsAsync(engine.Caller);
        await AssertNoOldNewsAsync(engine.Caller);
    }

    private static Task FilledAsync(EngineProcess engine) =>
        Eventually.HoldsAsync("the demo is set up", () => Task.FromResult(engine.Output.Contains("their teams are calling", StringComparison.Ordinal)), FilledWithin);

    /// <summary>The rows of the demo's stable ids, each of which must be there once.</summary>
    private static async Task<Dictionary<string, string>> HistoryAsync(EngineProcess engine)
    {
        var rows = await engine.Caller.GetAsync("/v1/export/usage");
        Assert.Equal(200, rows.Status);
        var history = new Dictionary<string, string>();
        foreach (var line in rows.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var row = JsonDocument.Parse(line);
            var id = row.RootElement.GetProperty("request_id").GetString()!;
            if (id.StartsWith("demo-", StringComparison.Ordinal)) history.Add(id, row.RootElement.GetProperty("cost").GetRawText());
        }

        return history;
    }

    private static async Task AssertViewsAsync(Caller caller)
    {
        // Of the month before, which the line of the chart is named after.
        var before = TimeProvider.System.GetUtcNow().AddMonths(-1).ToString("MMMM", CultureInfo.InvariantCulture);
        foreach (var (path, has) in (ValueTuple<string, string[]>[])
        [
            ("/", ["of 17 cost centers", "demo-labs", "Spend per day", "Models this month", "claude-sonnet-4.5", "Latest alerts"]),
            ("/cost-centers", ["engineering", "finance", "marketing", "support", "fine-tuning"]),
            ("/cost-centers/demo/engineering", ["ci-agents", before, "What the next check must fit"]),
            ("/cost-centers/demo/marketing/launch", ["of 90"]),
            ("/cost-centers/demo/marketing/banners", ["Loop in the campaign job"]),
            ("/usage?status=error", ["upstream_500", "rate_limited"]),
            ("/usage?cost_center=demo/finance", ["gemini-2.5-pro"]),
            ("/alerts", ["demo-webhook", "delivered to 1", "acme-tuned-7b", "Total budget at 95%"]),
            ("/prices", ["6 models", "mistral-large-2", "acme-tuned-7b"]),
            ("/system", ["SQLite"]),
        ])
        {
            var page = await caller.GetAsync(path);
            Assert.Equal(200, page.Status);
            Assert.All(has, text => Assert.True(page.Text.Contains(text, StringComparison.Ordinal), $"{path} has no '{text}': {page.Text}"));
        }
    }

    /// <summary>What was over before the demo began is told to nobody.</summary>
    private static async Task AssertNoOldNewsAsync(Caller caller)
    {
        var alerts = (await caller.GetAsync("/v1/alerts")).Is(200).GetProperty("items").EnumerateArray().ToList();
        Assert.NotEmpty(alerts);
        foreach (var late in alerts.Where(a => a.TryGetProperty("cause", out var cause) && cause.GetString() == "late"))
        {
            var alert = (await caller.GetAsync($"/v1/alerts/{late.GetProperty("alert_id").GetString()}")).Is(200);
            Assert.Equal(0, alert.GetProperty("deliveries").GetArrayLength());
        }

        var today = TimeProvider.System.GetUtcNow().Date;
        Assert.All(alerts.Where(a => a.TryGetProperty("period", out var p) && p.GetString() == "daily" && a.GetProperty("window_start").GetDateTimeOffset() < today.AddDays(-1)),
            a => Assert.Equal("late", a.GetProperty("cause").GetString()));
    }
}
