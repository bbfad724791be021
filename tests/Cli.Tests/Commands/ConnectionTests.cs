using BudgetEngine.Cli.Tests.Harness;
using static BudgetEngine.Cli.Tests.Harness.CliStand;

namespace BudgetEngine.Cli.Tests.Commands;

/// <summary>Where the engine is, with which key, and what happens where that is wrong.</summary>
[Collection(nameof(CliStand))]
public sealed class ConnectionTests(CliStand stand)
{
    private string Address => stand.Priced.Engine.Address.ToString();

    [Fact]
    public async Task Keys_MadeAndRevoked_ServeBetween()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var made = (await stand.RunAsync("keys", "create", "ci", "--scope", "check", "--scope", "usage", "--under", costCenter, "--expires", "90d")).Ended(0);
        var key = made.Output.Trim();
        Assert.StartsWith("bk_", key, StringComparison.Ordinal);
        var mine = new Dictionary<string, string> { [Connected.Address] = Address, [Connected.Key] = key };
        (await RunAsync(mine, "check", costCenter, "--amount", "1")).Ended(0);
        var self = (await RunAsync(mine, "keys", "self", "--json")).Ended(0).Json;
        Assert.Equal(costCenter, self.GetProperty("cost_center").GetString());
        var id = self.GetProperty("id").GetString()!;
        Assert.Contains(id, (await stand.RunAsync("keys", "list")).Ended(0).Output, StringComparison.Ordinal);
        (await stand.RunAsync("keys", "revoke", id)).Ended(0);
        Assert.Contains("invalid_key", (await RunAsync(mine, "check", costCenter, "--amount", "1")).Ended(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_FromFlagEnvironmentAndFile_IsTheNearestOne()
    {
        var (config, keyFile) = (Path.Combine(stand.Folder, "config.json"), Path.Combine(stand.Folder, "key"));
        await File.WriteAllTextAsync(config, $$"""{ "url": "{{Address}}", "key": "{{AdminKey}}" }""");
        await File.WriteAllTextAsync(keyFile, AdminKey + "\n");
        (await RunAsync(new() { [Connected.Config] = config }, "keys", "self")).Ended(0);
        Assert.Contains("invalid_key", (await RunAsync(new() { [Connected.Config] = config, [Connected.Key] = "bk_wrong" }, "keys", "self")).Ended(1).Errors, StringComparison.Ordinal);
        (await RunAsync(new() { [Connected.Config] = config, [Connected.Key] = "bk_wrong" }, "keys", "self", "--key-file", keyFile)).Ended(0);
        Assert.Contains("no engine at http://127.0.0.1:9/", (await RunAsync(new() { [Connected.Config] = config }, "keys", "self", "--url", "http://127.0.0.1:9")).Ended(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadConnection_InSeveralWays_NamesEachAndNeverTheKey()
    {
        var config = Path.Combine(stand.Folder, "broken.json");
        await File.WriteAllTextAsync(config, """{ "url": "http://x", "key": "bk_secret_of_mine" """);
        var run = (await RunAsync(new() { [Connected.Config] = config, [Connected.Address] = "ftp://nowhere" }, "status", "--key-file", "/nowhere/key")).Ended(1);
        Assert.Contains("ftp://nowhere", run.Errors, StringComparison.Ordinal);
        Assert.Contains("/nowhere/key", run.Errors, StringComparison.Ordinal);
        Assert.Contains("broken.json", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("bk_secret_of_mine", run.Errors + run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--amount", "much")]
    [InlineData("--max-output-tokens", "-1")]
    [InlineData("--wrong", "1")]
    public async Task BadArguments_OfACheck_AreAFaultAndNoDenial(string option, string value)
    {
        var run = (await stand.RunAsync("check", "acme", option, value)).Ended(1);
        Assert.Contains("budget check --help", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_WithSeveralFaults_NamesAll()
    {
        var run = (await stand.RunAsync("set", await stand.Priced.NewCostCenterAsync(), "--daily", "100", "--weekly", "10", "--monthly", "5")).Ended(1);
        Assert.Contains("invalid_request", run.Errors, StringComparison.Ordinal);
        Assert.Contains("weekly", run.Errors, StringComparison.Ordinal);
        Assert.Contains("monthly", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_WithAGoodAndAWeakKey_SaysWhatIsWrong()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync(daily: 0);
        var good = (await stand.RunAsync("doctor", "--books")).Ended(0);
        Assert.Contains("is ready", good.Output, StringComparison.Ordinal);
        Assert.Contains("balances equal the sum", good.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(AdminKey, good.Output + good.Errors, StringComparison.Ordinal);
        var spent = (await stand.RunAsync("doctor", costCenter)).Ended(1);
        Assert.Contains("denied, budget_exceeded", spent.Output, StringComparison.Ordinal);
        var weak = (await stand.RunAsync("keys", "create", "weak", "--scope", "check")).Ended(0).Output.Trim();
        Assert.Contains("lacks the scope usage", (await RunAsync(new() { [Connected.Address] = Address, [Connected.Key] = weak }, "doctor")).Ended(1).Output, StringComparison.Ordinal);
        Assert.Contains("no engine at", (await RunAsync(new() { [Connected.Address] = "http://127.0.0.1:9" }, "doctor")).Ended(1).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completions_OfTheProgram_KnowItsCommandsAndOptions()
    {
        Assert.Contains("complete ", (await stand.RunAsync("completions", "bash")).Ended(0).Output, StringComparison.Ordinal);
        var commands = (await stand.RunAsync("[suggest:9]", "budget pr")).Ended(0).Output;
        Assert.Contains("prices", commands, StringComparison.Ordinal);
        var options = (await stand.RunAsync("[suggest:24]", "budget pause acme --unti")).Ended(0).Output;
        Assert.Contains("--until", options, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_NotForATerminal_HasNoEscapeSequences()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var run = (await stand.RunAsync("status", costCenter)).Ended(0);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Contains("would be allowed", run.Output, StringComparison.Ordinal);
        Assert.Contains("1000", run.Output, StringComparison.Ordinal);
    }
}
