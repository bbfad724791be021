using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Nemeses;

namespace BudgetEngine.Torture;

/// <summary>A clock that is ahead when the engine starts, and is put right while it runs: a machine whose clock had kept local time, a snapshot that was resumed.</summary>
public sealed class ClockTests
{
    private const int Day = 86_400;

    [FakeClockFact]
    public async Task Clock_SetBackByADay_LetsCostCentersComeIntoMemory()
    {
        using var clock = new FakeClock();
        clock.Set(Day);
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store, "--Cluster:IdleAfter=00:00:02");
        // Only a process that was started under it has the other clock.
        await engine.StopAsync();
        engine.Environment = clock.Environment;
        await engine.RestartAsync();
        await engine.Caller.SetBudgetAsync("acme", new { daily = 100 });
        (await engine.Caller.ReportAsync("r1", "acme/early", 1)).Is(200);
        // Whoever ends what is idle has looked at least once, by the clock that is ahead.
        await Eventually.HoldsAsync("nothing is in memory", async () => (await engine.Caller.GetAsync("/metrics")).Text.Contains("\nbudget_cost_centers_active 0\n", StringComparison.Ordinal), 120);

        clock.Set(0);
        await Eventually.HoldsAsync("the clock is right", async () => (await engine.Caller.LimitAsync("acme")).ResetsAt < DateTimeOffset.UtcNow.AddDays(1).AddMinutes(1), 30);

        for (var i = 0; i < 3; i++)
        {
            var check = await engine.Caller.CheckAsync($"acme/late{i}", 1);
            Assert.True(check.Allowed, check.Text);
        }

        Assert.Equal(1, await engine.Caller.AssertConsistentAsync());
    }
}
