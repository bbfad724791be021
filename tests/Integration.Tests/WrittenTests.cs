using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Integration.Tests;

/// <summary>What another process has set, which died before it could have the cost center read it: it is in force all the same.</summary>
public sealed class WrittenTests
{
    /// <summary>What it leaves: the budget, the number of its write, and which write was the last of this cost center.</summary>
    private const string Write =
        """
        update counters set value = value + 1 where name = 'version';
        update budgets set budget = (select budget from budgets where cost_center = 'acme/low'), version = (select value from counters where name = 'version') where cost_center = 'acme/high';
        update node_versions set version = (select value from counters where name = 'version') where cost_center = 'acme/high'
        """;

    [Fact]
    public Task Limit_OfAWriterThatDiedAtOnceOnSqlite_IsInForce() => RunAsync(postgres: false);

    [PostgresFact]
    public Task Limit_OfAWriterThatDiedAtOnceOnPostgres_IsInForce() => RunAsync(postgres: true);

    private static async Task RunAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme/low", new { daily = 1 });
        await engine.Caller.SetBudgetAsync("acme/high", new { daily = 1_000 });
        Assert.True((await engine.Caller.CheckAsync("acme/high", 2)).Allowed);

        await store.ExecuteAsync(Write);

        await Eventually.HoldsAsync("the limit is in force", async () => !(await engine.Caller.CheckAsync("acme/high", 2)).Allowed, 5);
    }
}
