using BudgetEngine.Cli.Tests.Harness;

namespace BudgetEngine.Cli.Tests.Commands;

/// <summary>What an operator does with budgets from a shell, against a real engine.</summary>
[Collection(nameof(CliStand))]
public sealed class BudgetCommandTests(CliStand stand)
{
    [Fact]
    public async Task Check_WithinAndBeyondTheLimit_EndsWithZeroAndTwo()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync(daily: 10);
        var allowed = (await stand.RunAsync("check", costCenter, "--amount", "4.5")).Ended(0);
        Assert.Contains("allow 4.5 of 4.5", allowed.Output, StringComparison.Ordinal);
        var denied = (await stand.RunAsync("check", costCenter, "--amount", "10.000000001")).Ended(2);
        Assert.Contains("deny budget_exceeded", denied.Output, StringComparison.Ordinal);
        Assert.Contains("10 left", denied.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Check_ToHold_HoldsAndPrintsTheReservation()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync(daily: 10);
        var held = (await stand.RunAsync("check", costCenter, "--amount", "4", "--hold", "--json")).Ended(0);
        Assert.StartsWith("rsv_", held.Json.GetProperty("reservation_id").GetString(), StringComparison.Ordinal);
        Assert.Equal(4_000_000_000, (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Set_OfOneLimit_LeavesTheOthersAndShowsBeforeAndAfter()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        (await stand.RunAsync("set", costCenter, "--daily", "5", "--monthly", "100", "--reason", "first")).Ended(0);
        var dry = (await stand.RunAsync("set", costCenter, "--daily", "7.25", "--dry-run")).Ended(0);
        Assert.Matches("daily +5 +7.25", dry.Output);
        Assert.Equal(5, (await stand.RunAsync("status", costCenter, "--json")).Ended(0).Json.GetProperty("items").EnumerateArray().First(w => w.GetProperty("cost_center").GetString() == costCenter).GetProperty("limit").GetDecimal());
        Assert.Matches("daily +5 +7.25", (await stand.RunAsync("set", costCenter, "--daily", "7.25")).Ended(0).Output);
        Assert.Matches("monthly +100 +none", (await stand.RunAsync("set", costCenter, "--monthly", "none")).Ended(0).Output);
        var budget = (await stand.Priced.Caller.GetAsync($"/v1/budgets/{costCenter}")).Is(200).GetProperty("budget");
        Assert.Equal(7.25m, budget.GetProperty("daily").GetDecimal());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, budget.GetProperty("monthly").ValueKind);
    }

    [Fact]
    public async Task Set_OfLimitsBesideMoney_IsInForceWithTheNextCheck()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        (await stand.RunAsync("set", costCenter, "--requests-per-minute", "1", "--allowed-models", "gpt-*,claude-4", "--max-output-tokens", "gpt-*=100,*=50")).Ended(0);
        var budget = (await stand.Priced.Caller.GetAsync($"/v1/budgets/{costCenter}")).Is(200).GetProperty("budget");
        Assert.Equal((1, "[\"gpt-*\",\"claude-4\"]"), (budget.GetProperty("requests_per_minute").GetInt32(), budget.GetProperty("allowed_models").GetRawText()));
        Assert.Equal(2, budget.GetProperty("max_output_tokens").EnumerateObject().Count());
        Assert.Contains("model_not_allowed", (await stand.RunAsync("check", costCenter, "--amount", "1")).Ended(2).Output, StringComparison.Ordinal);
        Assert.Matches("allowed_models +gpt-\\*, claude-4 +none", (await stand.RunAsync("set", costCenter, "--allowed-models", "none", "--max-output-tokens", "*=none")).Ended(0).Output);
        (await stand.RunAsync("check", costCenter, "--amount", "1", "--hold")).Ended(0);
        Assert.Contains("rate_limited", (await stand.RunAsync("check", costCenter, "--amount", "1")).Ended(2).Output, StringComparison.Ordinal);
        Assert.Contains("MODEL=4096", (await stand.RunAsync("set", costCenter, "--max-output-tokens", "many")).Ended(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_OnExpiry_IsSetAndTakenAway()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        Assert.Matches("on_expiry +none +charge", (await stand.RunAsync("set", costCenter, "--on-expiry", "charge")).Ended(0).Output);
        Assert.Equal("charge", (await stand.Priced.Caller.GetAsync($"/v1/budgets/{costCenter}")).Is(200).GetProperty("budget").GetProperty("on_expiry").GetString());
        Assert.Matches("on_expiry +charge +none", (await stand.RunAsync("set", costCenter, "--on-expiry", "none")).Ended(0).Output);
        Assert.Contains("'book' not recognized", (await stand.RunAsync("set", costCenter, "--on-expiry", "book")).Ended(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseAndResume_OfACostCenter_DenyAndAllow()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        (await stand.RunAsync("set", costCenter, "--daily", "5")).Ended(0);
        Assert.Contains("until ", (await stand.RunAsync("pause", costCenter, "--until", "2h", "--reason", "runaway loop")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("paused", (await stand.RunAsync("check", costCenter, "--amount", "1")).Ended(2).Output, StringComparison.Ordinal);
        Assert.Contains("would be denied: paused", (await stand.RunAsync("status", costCenter)).Ended(0).Output, StringComparison.Ordinal);
        (await stand.RunAsync("resume", costCenter)).Ended(0);
        (await stand.RunAsync("check", costCenter, "--amount", "1")).Ended(0);
    }

    [Fact]
    public async Task Increase_UnderOneId_CountsOnce()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        (await stand.RunAsync("set", costCenter, "--daily", "5")).Ended(0);
        var id = $"i-{Guid.NewGuid():n}";
        var until = TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; i < 2; i++) (await stand.RunAsync("increase", costCenter, "2.5", "--id", id, "--until", until)).Ended(0);
        (await stand.RunAsync("check", costCenter, "--amount", "7.5")).Ended(0);
        (await stand.RunAsync("check", costCenter, "--amount", "7.51")).Ended(2);
    }

    [Fact]
    public async Task Top_AmongSeveral_ShowsTheFullestFirst()
    {
        var (full, empty) = (await stand.Priced.NewCostCenterAsync(daily: 10), await stand.Priced.NewCostCenterAsync(daily: 10));
        (await stand.Priced.Caller.ReportAsync($"r-{Guid.NewGuid():n}", full, 9.5m)).Is(200);
        var (fullTenant, emptyTenant) = (full[..full.IndexOf('/')], empty[..empty.IndexOf('/')]);
        var top = (await stand.RunAsync("top", "--most", "500")).Ended(0).Output;
        Assert.InRange(top.IndexOf($" {fullTenant} ", StringComparison.Ordinal), 0, top.IndexOf($" {emptyTenant} ", StringComparison.Ordinal));
        Assert.Contains("95.0%", top, StringComparison.Ordinal);
    }
}
