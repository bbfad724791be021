using System.Text.Json.Nodes;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Integration.Tests;

/// <summary>What an operator sees of the process itself: its version, its log, its start and its stop.</summary>
public sealed class RunningTests
{
    [Fact]
    public async Task Version_IsPrinted_AndIsTheNewestOfTheChangelog()
    {
        var run = await EngineProcess.RunAsync(["--version"]);

        Assert.Equal(0, run.ExitCode);
        var changelog = await File.ReadAllLinesAsync(Path.Combine(Repository.Root!, "CHANGELOG.md"));
        Assert.Equal($"## {run.Output.Trim()}", changelog.First(l => l.StartsWith("## ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Log_AsJson_IsOneObjectALine_WithStartAlertAndStop()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store, "--Logging:Format=json", "--Ledger:DrainWithin=5s");
        await engine.Caller.SetBudgetAsync("acme/dept", new { daily = 10, per_user = new { daily = 1 } });
        (await engine.Caller.PostAsync("/v1/usage", new { request_id = "u-1", cost_center = "acme/dept", user = "u-17", cost = 1 })).Is(200);
        await Eventually.HoldsAsync("the alert of the user's limit in the log", () => engine.Output.Contains("\"user\":\"u-17\"", StringComparison.Ordinal));

        Assert.Equal(0, await engine.StopAsync());
        await Eventually.HoldsAsync("the last line", () => engine.Output.Contains("\"event_id\":2303", StringComparison.Ordinal));

        var lines = engine.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.All(lines, l => Assert.True(DateTimeOffset.UtcNow - (DateTimeOffset)l["time"]! < TimeSpan.FromMinutes(10)));
        int[] told = [.. lines.Select(l => (int)l["event_id"]!)];
        Assert.Equal([2301, 2302, 2303], told.Where(id => id is >= 2301 and <= 2303));
        var alert = lines.First(l => (int)l["event_id"]! == 1047);
        Assert.Equal(("acme/dept", "u-17", "information"), ((string)alert["cost_center"]!, (string)alert["user"]!, (string)alert["level"]!));
        Assert.StartsWith("SQLite ", (string)lines.First(l => (int)l["event_id"]! == 2301)["store"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_AsText_BeginsEachLineWithItsTime_AndAFormatThatIsNoneDoesNotStart()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store);
        await Eventually.HoldsAsync("the line of the start", () => engine.Output.Contains("LifeLog[2301] BudgetEngine ", StringComparison.Ordinal));
        Assert.Matches("(?m)^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z info: \\S+LifeLog\\[2301\\] BudgetEngine \\S+ has started: SQLite ", engine.Output);

        var refused = await EngineProcess.RunAsync([.. store.Arguments, "--Logging:Format=xml"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Logging:Format is 'xml'; it can be text or json", refused.Errors, StringComparison.Ordinal);
    }
}
