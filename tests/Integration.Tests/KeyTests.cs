using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Integration.Tests;

/// <summary>The first key, made beside a running engine.</summary>
public sealed class KeyTests
{
    [Fact]
    public Task KeysCreate_WhileTheEngineRunsOnSqlite_EndsOpenModeWithinASecond() => CreateAsync(postgres: false);

    [PostgresFact]
    public Task KeysCreate_WhileTheEngineRunsOnPostgres_EndsOpenModeWithinASecond() => CreateAsync(postgres: true);

    private static async Task CreateAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        (await engine.Caller.GetAsync("/v1/budgets")).Is(200);

        var run = await EngineProcess.RunAsync(["keys", "create", "--admin", .. store.Arguments]);
        Assert.True(run.ExitCode == 0, run.ToString());
        var key = run.Output.Trim();
        Assert.StartsWith("bk_", key, StringComparison.Ordinal);
        Assert.Contains(postgres ? "PostgreSQL" : store.Directory, run.Errors, StringComparison.Ordinal);

        // One second of the promise, and as much again for this machine's other work.
        await Eventually.HoldsAsync("open mode has ended", async () => (await engine.Caller.GetAsync("/v1/budgets")).Status == 401, 2);
        Assert.Equal("key_required", (await engine.Caller.GetAsync("/v1/budgets")).Code);
        using var keyed = new Caller(engine.Address, key);
        (await keyed.GetAsync("/v1/keys/self")).Is(200);
        await keyed.SetBudgetAsync("acme", new { daily = 1 });
        Assert.True((await keyed.CheckAsync("acme/leaf", 1)).Allowed);
        using var wrong = new Caller(engine.Address, key[..^1] + (key[^1] == 'A' ? 'B' : 'A'));
        Assert.Equal("invalid_key", (await wrong.GetAsync("/v1/budgets")).Code);

        // Open mode does not come back with the next process.
        Assert.Equal(0, await engine.StopAsync());
        await engine.RestartAsync();
        Assert.Equal("key_required", (await engine.Caller.GetAsync("/v1/budgets")).Code);
    }
}
