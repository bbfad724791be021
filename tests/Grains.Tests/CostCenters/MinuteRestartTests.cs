using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>What is counted by the minute is memory: a process that begins anew begins a minute anew, with what it is handed over held but not counted.</summary>
public sealed class MinuteRestartTests : EngineTest
{
    protected override bool OwnSilo => true;

    [Fact]
    public async Task Restart_BeginsTheMinuteAnew()
    {
        await Engine.PutBudgetAsync(Leaf, Budget.Empty with { Own = LimitSet.None with { Minute = new MinuteLimits(1, null) } });
        await Engine.HoldAsync(Leaf, 5);

        Engine = await Engine.RestartAsync();

        Assert.Equal(5, await Engine.HeldAsync(Leaf));
        await Engine.HoldAsync(Leaf, 1);
        Assert.Equal(DenialReason.RateLimited, (await Engine.AskAsync(Leaf, 1)).Reason);
    }
}
