using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Integration.Tests;

/// <summary>A currency of which one unit is small money, from the setting to the last page; and amounts that no longer fit.</summary>
public sealed class CurrencyTests
{
    private const string Dong = "--Currency=VND";

    [Fact]
    public Task Dong_OnSqlite_AreCountedEndToEnd() => DongAsync(postgres: false);

    [PostgresFact]
    public Task Dong_OnPostgres_AreCountedEndToEnd() => DongAsync(postgres: true);

    [Fact]
    public Task Total_BeyondSixtyFourBitsOnSqlite_IsToldAndDecided() => OverflowAsync(postgres: false);

    [PostgresFact]
    public Task Total_BeyondSixtyFourBitsOnPostgres_IsToldAndDecided() => OverflowAsync(postgres: true);

    [Fact]
    public async Task Resolution_OfALedgerWithoutRecords_MayStillChange()
    {
        using var store = Store.NewSqlite();
        await using (await EngineHost.StartAsync(store, TimeProvider.System))
        {
        }

        await using (var engine = await EngineHost.StartAsync(store, TimeProvider.System, Dong)) await engine.Caller.SetBudgetAsync("acme", new { monthly = 4_000_000_000L });
        await Assert.ThrowsAsync<LedgerCurrencyException>(() => EngineHost.StartAsync(store, TimeProvider.System));
    }

    [Fact]
    public async Task Resolution_ByHand_BeatsThatOfTheCurrency()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineHost.StartAsync(store, TimeProvider.System, Dong, "--Currency:Decimals=3");
        await engine.Caller.SetBudgetAsync("acme", new { monthly = 1_000_000_000_000_000m });
        Assert.Contains("at most 3 decimals", (await engine.Caller.PutAsync("/v1/budgets/acme", new { monthly = 0.0001m })).Text);
    }

    private static async Task DongAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using (var engine = await EngineHost.StartAsync(store, TimeProvider.System, Dong))
        {
            await BudgetsAsync(engine.Caller);
            await DecideAsync(engine.Caller);
            await TellAsync(engine.Caller);
        }

        var refused = await Assert.ThrowsAsync<LedgerCurrencyException>(() => EngineHost.StartAsync(store, TimeProvider.System, "--Currency=USD"));
        Assert.Contains("to 5 decimals", refused.Message);
        Assert.Contains("Currency:Decimals=5", refused.Message);
        await using var again = await EngineHost.StartAsync(store, TimeProvider.System, "--Currency=USD", "--Currency:Decimals=5");
        Assert.Equal(4_000_000_000m, (await again.Caller.GetAsync("/v1/budgets/acme")).Is(200).GetProperty("budget").GetProperty("monthly").GetDecimal());
        Assert.Equal(3_000_000_111.28m, await SpentAsync(again.Caller));
    }

    private static async Task BudgetsAsync(Caller caller)
    {
        var put = (await caller.PutAsync("/v1/budgets/acme", new { monthly = 4_000_000_000L, per_user = new { total = 10_000_000_000_000L } })).Is(201).GetProperty("budget");
        Assert.Equal((4_000_000_000m, 10_000_000_000_000m), (put.GetProperty("monthly").GetDecimal(), put.GetProperty("per_user").GetProperty("total").GetDecimal()));
        Assert.Equal(10_000_000m, put.GetProperty("max_record_cost").GetDecimal());
        Assert.Contains("at most 5 decimals", (await caller.PutAsync("/v1/budgets/acme", new { monthly = 0.000001m })).Text);
        Assert.Contains("at most 10000000000000", (await caller.PutAsync("/v1/budgets/acme", new { monthly = 10_000_000_000_001m })).Text);
        (await caller.SendAsync(HttpMethod.Patch, "/v1/budgets/acme", new StringContent("""{"max_record_cost":10000000000000}""", null, "application/merge-patch+json"))).Is(200);
        Assert.Contains("4000000000", (await caller.GetAsync("/v1/audit")).Text);
        (await caller.PutAsync("/v1/prices/gpt-4.1", new { input = 52_000, output = 208_000 })).Is(201);
    }

    private static async Task DecideAsync(Caller caller)
    {
        // 1,200 x 0.052 + 800 x 0.208.
        var check = (await caller.PostAsync("/v1/check", new { cost_center = "acme/app", model = "gpt-4.1", input_tokens = 1_200, max_output_tokens = 800 })).Is(200);
        Assert.Equal(228.8m, check.GetProperty("estimated").GetDecimal());
        var settled = (await caller.PostAsync("/v1/usage", new
        {
            request_id = "r-1", reservation_id = check.GetProperty("reservation_id").GetString(), model = "gpt-4.1", input_tokens = 1_180, output_tokens = 240,
        })).Is(200);
        Assert.Equal(111.28m, settled.GetProperty("cost").GetDecimal());
        Assert.Equal(0.00001m, (await caller.CheckAsync("acme/app", 0.000001m)).Is(200).GetProperty("granted").GetDecimal());
        (await caller.ReportAsync("r-2", "acme/app", 3_000_000_000m)).Is(200);
        Assert.Equal("cost_too_small", (await caller.ReportAsync("r-3", "acme/app", 0.000001m)).Code);
        Assert.Contains("rounded", (await caller.ReportAsync("r-4", "acme/app/small", 0.000016m)).Flags);
        var denied = (await caller.CheckAsync("acme/app", 1_000_000_000m)).Is(200);
        Assert.Equal("budget_exceeded", denied.GetProperty("reason").GetString());
        Assert.Equal(999_999_888.71997m, denied.GetProperty("blocked_by").GetProperty("available").GetDecimal());
        // Thresholds are judged by what spend and limit are, and the increase takes spend below 70 % of it again.
        await Eventually.HoldsAsync("the alert is there", async () => (await caller.GetAsync("/v1/alerts")).Text.Contains("budget.threshold.reached", StringComparison.Ordinal), 20);
        (await caller.PutAsync("/v1/increases/inc-1", new { cost_center = "acme", period = "monthly", amount = 2_000_000_000L, until = TimeProvider.System.GetUtcNow().AddDays(1) })).Is(201);
        Assert.True((await caller.CheckAsync("acme/app", 1_000_000_000m)).Allowed);
        (await caller.PostAsync("/v1/usage/corrections", new { request_id = "c-1", corrects = "r-4", amount = -0.00002m })).Is(200);
    }

    private static async Task TellAsync(Caller caller)
    {
        var export = (await caller.GetAsync("/v1/export/usage")).Text;
        Assert.Contains("\"cost\":3000000000,", export);
        Assert.Contains("\"cost\":111.28,", export);
        Assert.Contains("\"cost\":-0.00002,", export);
        Assert.Equal(1, (await caller.GetAsync("/v1/usage?min_cost=2999999999.5")).Is(200).GetProperty("items").GetArrayLength());
        Assert.Equal(3_000_000_111.28m, await SpentAsync(caller));
        await caller.AssertConsistentAsync();
        var alert = (await caller.GetAsync("/v1/alerts")).Body.GetProperty("items").EnumerateArray().First(a => a.GetProperty("type").GetString() == "budget.threshold.reached");
        Assert.Equal((4_000_000_000m, 3_000_000_111.28m), (alert.GetProperty("limit").GetDecimal(), decimal.Round(alert.GetProperty("spent").GetDecimal(), 2)));
        var allowed = await caller.SendAsync(HttpMethod.Get, "/v1/authorize", new StringContent("") { Headers = { { "X-Cost-Center", "acme/app" }, { "X-Budget-Amount", "1000000000.5" } } });
        Assert.Equal(("VND", true), (allowed.Headers.GetValues("X-Budget-Currency").Single(), allowed.Headers.GetValues("X-Budget-Remaining").Single().StartsWith("2999999888.", StringComparison.Ordinal)));
        var metrics = (await caller.GetAsync("/metrics")).Text;
        Assert.Matches("budget_spent_vnd[^\n]*cost_center=\"acme\"[^\n]* 3000000111", metrics);
        Assert.Contains("₫6,000,000,000", (await caller.GetAsync("/cost-centers/acme")).Text);
    }

    private static async Task OverflowAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        var now = TimeProvider.System.GetUtcNow();
        // Today, and the last days of the two months before.
        var lastMonth = now.AddDays(-now.Day);
        DateTimeOffset[] months = [now, lastMonth, lastMonth.AddDays(-lastMonth.Day)];
        await using (var engine = await EngineHost.StartAsync(store, TimeProvider.System))
        {
            await engine.Caller.SetBudgetAsync("acme", new { total = 1_000_000_000, max_record_cost = 1_000_000_000 });
            await engine.Caller.SetBudgetAsync("acme/soft", new { total = 1, enforcement = "soft" });
            for (var i = 0; i < 27; i++)
            {
                (await engine.Caller.PostAsync("/v1/usage", new { request_id = $"r-{i}", cost_center = "acme/soft", cost = 1_000_000_000, timestamp = months[i / 9] })).Is(200);
            }

            await DecidesAsync(engine.Caller);
        }

        // The total is read anew, at every activation.
        await using var again = await EngineHost.StartAsync(store, TimeProvider.System);
        await DecidesAsync(again.Caller);
        Assert.Equal(200, (await again.Caller.GetAsync("/")).Status);
        Assert.Equal(27, (await again.Caller.ExportAsync()).Count);
        await again.Caller.AssertConsistentAsync();

        // More than 64 bits of increases are the largest limit, and spend is above it: nothing is available, and nothing fails.
        for (var i = 0; i < 12; i++)
        {
            (await again.Caller.PutAsync($"/v1/increases/i-{i}", new { cost_center = "acme", period = "total", amount = 1_000_000_000, until = now.AddDays(1) })).Is(201);
        }

        Assert.Equal("budget_exceeded", (await again.Caller.CheckAsync("acme/soft", 1)).Reason);
        (await again.Caller.PutAsync("/v1/budgets/acme", new { daily = 9_000_000 })).Is(200);
        Assert.True((await again.Caller.GetAsync("/v1/cost-centers?sort=utilization")).Status == 200);
    }

    private static async Task DecidesAsync(Caller caller)
    {
        var denied = (await caller.CheckAsync("acme/soft", 1)).Is(200);
        Assert.Equal("budget_exceeded", denied.GetProperty("reason").GetString());
        var blocked = denied.GetProperty("blocked_by");
        Assert.Equal(9_223_372_036.854775807m, blocked.GetProperty("spent").GetDecimal());
        Assert.Equal(-8_223_372_036.854775807m, blocked.GetProperty("available").GetDecimal());
    }

    private static async Task<decimal> SpentAsync(Caller caller)
    {
        var body = (await caller.GetAsync("/v1/limits?cost_center=acme")).Is(200);
        return body.GetProperty("items").EnumerateArray().Single(w => w.GetProperty("period").GetString() == "monthly").GetProperty("spent").GetDecimal();
    }
}
