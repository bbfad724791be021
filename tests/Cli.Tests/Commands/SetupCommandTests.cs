using System.Text.Json;
using BudgetEngine.Cli.Tests.Harness;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Cli.Tests.Commands;

/// <summary>An installation's set-up as a file: planned, applied, pruned, moved.</summary>
[Collection(nameof(CliStand))]
public sealed class SetupCommandTests(CliStand stand)
{
    [Fact]
    public async Task Apply_OfAFile_MakesItSo_AndASecondTimeChangesNothing()
    {
        var tenant = await TenantAsync();
        var file = await FileAsync($$"""
            under: {{tenant}}
            budgets:
              {{tenant}}: { daily: 100, time_zone: Asia/Ho_Chi_Minh }
              {{tenant}}/Search:
                daily: 5.25
                per_user: { daily: 1 }
                users:
                  "17": { daily: 2 }
            """);

        Assert.Contains("daily: 1000 → 100", (await stand.RunAsync("plan", "-f", file)).Ended(2).Output, StringComparison.Ordinal);
        Assert.Contains($"+ budgets {tenant}/search", (await stand.RunAsync("apply", "-f", file, "--reason", "from a file")).Ended(0).Output, StringComparison.Ordinal);

        Assert.Contains("nothing differs", (await stand.RunAsync("plan", "-f", file)).Ended(0).Output, StringComparison.Ordinal);
        Assert.Equal(5.25m, (await BudgetAsync($"{tenant}/search")).GetProperty("daily").GetDecimal());
        Assert.Equal(2, (await BudgetAsync($"{tenant}/search?user=17")).GetProperty("daily").GetInt32());
        Assert.Equal("Asia/Ho_Chi_Minh", (await BudgetAsync(tenant)).GetProperty("time_zone").GetString());
    }

    [Fact]
    public async Task Plan_OfALowerLimit_SaysWhatIsSpentAlready()
    {
        var tenant = await TenantAsync();
        await stand.Priced.Caller.PostAsync("/v1/usage", new { request_id = "s1", cost_center = tenant, cost = 12.5m });
        var file = await FileAsync($"under: {tenant}\nbudgets:\n  {tenant}: {{ daily: 10 }}\n");

        var plan = (await stand.RunAsync("plan", "-f", file)).Ended(2);

        Assert.Contains("12.5 of 10 is spent already: checks are denied from now on, until", plan.Output, StringComparison.Ordinal);
        Assert.Equal(1_000, (await BudgetAsync(tenant)).GetProperty("daily").GetInt32());
    }

    [Fact]
    public async Task Apply_LeavesWhatTheFileDoesNotHave_UnlessItPrunes()
    {
        var tenant = await TenantAsync();
        await stand.Priced.Caller.SetBudgetAsync($"{tenant}/old", new { daily = 3 });
        var file = await FileAsync($"under: {tenant}\nbudgets:\n  {tenant}: {{ daily: 1000 }}\n");

        var left = (await stand.RunAsync("apply", "-f", file)).Ended(0);
        Assert.Contains("not in the file; left", left.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await BudgetAsync($"{tenant}/old")).GetProperty("daily").GetInt32());

        (await stand.RunAsync("apply", "-f", file, "--prune")).Ended(0);
        (await stand.Priced.Caller.GetAsync($"/v1/budgets/{tenant}/old")).Is(404);
    }

    [Fact]
    public async Task File_WithFaults_NamesAllOfThem_AndNothingIsWritten()
    {
        var tenant = await TenantAsync();
        var file = await FileAsync($$"""
            budgets:
              {{tenant}}/good: { daily: 1 }
              {{tenant}}/bad: { daly: 1, weekly: much }
            """);

        var refused = (await stand.RunAsync("apply", "-f", file)).Ended(1);

        Assert.Contains($"budgets.{tenant}/bad: daly: ", refused.Errors, StringComparison.Ordinal);
        Assert.Contains($"budgets.{tenant}/bad: weekly: ", refused.Errors, StringComparison.Ordinal);
        (await stand.Priced.Caller.GetAsync($"/v1/budgets/{tenant}/good")).Is(404);
    }

    [Theory]
    [InlineData("budgets: [1]", "budgets: must be a mapping by name")]
    [InlineData("bugdets: {}", "bugdets: there are under, budgets, prices, channels, schedules and keys")]
    [InlineData("channels: { ops: { type: slack, url: \"https://hooks.example.com/secret\" } }", "channels.ops.url: must be a reference")]
    [InlineData("under: acme\nbudgets: { other: {} }", "budgets.other: is not at or below acme")]
    [InlineData("budgets:\n  a: { daily: 1 }\n  a: { daily: 2 }", "line 3")]
    [InlineData("- 1", "one mapping")]
    public async Task File_ThatCannotBeMeant_IsRefused(string text, string fault) =>
        Assert.Contains(fault, (await stand.RunAsync("plan", "-f", await FileAsync(text))).Ended(1).Errors, StringComparison.Ordinal);

    [Fact]
    public async Task File_ThatGrowsByItsAliases_IsRefused()
    {
        var text = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + string.Concat(Enumerable.Range(1, 7).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i - 1)}", 10))}]\n"));
        Assert.Contains("more than 200000 values", (await stand.RunAsync("plan", "-f", await FileAsync(text))).Ended(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_AreMadeOnce_AndTheirSecretsKeptForTheirOwnerAlone()
    {
        var tenant = await TenantAsync();
        var name = $"gateway of {tenant}";
        var file = await FileAsync($"keys:\n  {name}: {{ scopes: [check, usage], cost_center: {tenant} }}\n");
        var keys = Path.Combine(stand.Folder, $"{tenant}-keys.jsonl");

        Assert.Contains("--keys-to", (await stand.RunAsync("apply", "-f", file)).Ended(1).Errors, StringComparison.Ordinal);
        (await stand.RunAsync("apply", "-f", file, "--keys-to", keys)).Ended(0);

        var kept = JsonElement.Parse(Assert.Single(await File.ReadAllLinesAsync(keys)));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keys));
        using var made = new TestKit.Engine.Caller(stand.Priced.Engine.Address, kept.GetProperty("key").GetString());
        Assert.Equal(name, (await made.GetAsync("/v1/keys/self")).Is(200).GetProperty("name").GetString());
        Assert.DoesNotContain(kept.GetProperty("key").GetString()!, (await stand.RunAsync("setup", "--only", "keys")).Ended(0).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("~ keys", (await stand.RunAsync("plan", "-f", file)).Output, StringComparison.Ordinal);
        var changed = await FileAsync($"keys:\n  {name}: {{ scopes: [check], cost_center: {tenant} }}\n");
        Assert.Contains($"keys.{name}.scopes: is ", (await stand.RunAsync("plan", "-f", changed)).Ended(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_ThatWasMadeAndNotWrittenDown_IsNamed()
    {
        var tenant = await TenantAsync();
        var name = $"lost of {tenant}";
        var file = await FileAsync($"keys:\n  {name}: {{ scopes: [check], cost_center: {tenant} }}\n  other of {tenant}: {{ scopes: [check], cost_center: {tenant} }}\n");
        var keys = Path.Combine(stand.Folder, $"{tenant}-keys.jsonl");
        // As a run leaves it that is killed while the engine makes the key.
        await File.WriteAllTextAsync(keys + ".making", name);
        var lost = (await stand.Priced.Caller.PostAsync("/v1/keys", new { name, scopes = new[] { "check" }, cost_center = tenant })).Is(201).GetProperty("id").GetString()!;

        Assert.Contains($"keys.{name}: {lost} was made by a run that ended before", (await stand.RunAsync("apply", "-f", file, "--keys-to", keys)).Ended(1).Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(keys));

        (await stand.RunAsync("keys", "revoke", lost)).Ended(0);
        (await stand.RunAsync("apply", "-f", file, "--keys-to", keys)).Ended(0);
        Assert.Equal(2, (await File.ReadAllLinesAsync(keys)).Length);
        Assert.False(File.Exists(keys + ".making"));
        // Killed after it was written down: nothing is lost.
        await File.WriteAllTextAsync(keys + ".making", name);
        (await stand.RunAsync("apply", "-f", file, "--keys-to", keys)).Ended(0);
        Assert.False(File.Exists(keys + ".making"));
    }

    [Fact]
    public async Task Setup_OfOneInstallation_AppliedToAnother_IsTheSame()
    {
        await using var from = new PricedEngine();
        await using var to = new PricedEngine();
        await from.StartAsync(CliStand.AdminKey);
        await to.StartAsync(CliStand.AdminKey);
        await from.Caller.SetBudgetAsync("acme", new { monthly = 5_000.000000001m, time_zone = "Europe/Berlin", thresholds = new[] { new { at = 0.5m, level = "half" } } });
        await from.Caller.SetBudgetAsync("acme/a", new { daily = 7, per_user = new { daily = 1 }, enforcement = "soft" });
        await from.Caller.SetBudgetAsync("acme/a?user=true", new { daily = 2 });
        await from.Caller.PutAsync("/v1/prices/layered", new { input = 0.3m, output = 1.2m, per = 1_000, context_tiers = new[] { new { above_input_tokens = 200_000, input = 0.6m } }, aliases = new[] { "other-name" } });
        await from.Caller.PutAsync("/v1/channels/ops", new { type = "slack", under = "acme", url = "env:BUDGET_SECRET_OPS" });
        await from.Caller.PutAsync("/v1/schedules/weekly", new { cost_center = "acme/a", channels = new[] { "ops" }, period = "weekly" });
        await from.Caller.PostAsync("/v1/keys", new { name = "reader", scopes = new[] { "read" } });
        var file = Path.Combine(stand.Folder, "moved.yaml");
        var setup = (await RunAsync(from, "setup")).Ended(0).Output;
        await File.WriteAllTextAsync(file, setup);

        (await RunAsync(to, "apply", "-f", file, "--keys-to", Path.Combine(stand.Folder, "moved.jsonl"))).Ended(0);

        Assert.Equal(setup, (await RunAsync(to, "setup")).Ended(0).Output);
        Assert.Contains("5000.000000001", setup, StringComparison.Ordinal);
        Assert.Contains("schedules:", setup, StringComparison.Ordinal);
        Assert.Contains("weekly on monday, 08:00 Europe/Berlin", (await RunAsync(to, "schedules")).Ended(0).Output, StringComparison.Ordinal);
        var bare = await FileAsync("schedules:\n  weekly: { cost_center: acme/a, channels: [ops], period: weekly }\n");
        Assert.Contains("nothing differs", (await RunAsync(to, "plan", "-f", bare)).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("nothing differs", (await RunAsync(to, "plan", "-f", file)).Ended(0).Output, StringComparison.Ordinal);
    }

    private static Task<CliRun> RunAsync(PricedEngine engine, params string[] args) =>
        CliStand.RunAsync(new Dictionary<string, string> { [CliStand.Connected.Address] = engine.Engine.Address.ToString(), [CliStand.Connected.Key] = CliStand.AdminKey }, args);

    private async Task<string> TenantAsync()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        return costCenter[..costCenter.IndexOf('/')];
    }

    private async Task<JsonElement> BudgetAsync(string path) => (await stand.Priced.Caller.GetAsync($"/v1/budgets/{path}")).Is(200).GetProperty("budget");

    private async Task<string> FileAsync(string text)
    {
        var place = Path.Combine(stand.Folder, $"{Guid.NewGuid():n}.yaml");
        await File.WriteAllTextAsync(place, text);
        return place;
    }
}
