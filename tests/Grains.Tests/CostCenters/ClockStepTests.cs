using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>Deadlines run on the monotonic clock (semantics, section 1), at every node: a wall clock that is set neither takes nor gives time.</summary>
public sealed class ClockStepTests : EngineTest
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Heartbeat_AfterAStepOfTheClock_RenewsTheDeadlineEverywhere(int hours)
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(TimeSpan.FromSeconds(30));
        Clock.StepWall(TimeSpan.FromHours(hours));

        await Engine.SettleAsync(held, 10, final: false);

        await AssertLapsesAsync(30, Commands.Ttl);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Extend_AfterAStepOfTheClock_GivesTheTimeThatWasAskedFor(int hours)
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(TimeSpan.FromSeconds(30));
        Clock.StepWall(TimeSpan.FromHours(hours));

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, ttl: TimeSpan.FromSeconds(100))).Reason);

        await AssertLapsesAsync(40, TimeSpan.FromSeconds(100));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Extend_ThatIsRefusedAfterAStepOfTheClock_LeavesEveryHoldAsItWas(int hours)
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var held = await Engine.HoldAsync(Leaf, 40);
        Clock.StepWall(TimeSpan.FromHours(hours));

        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.ExtendAsync(held, amount: 200)).Reason);

        await AssertLapsesAsync(40, Commands.Ttl);
    }

    /// <summary>Held everywhere until the deadline, at the ancestors for their grace, then nowhere.</summary>
    private async Task AssertLapsesAsync(long held, TimeSpan after)
    {
        await AssertHeldAsync(held);
        Engine.Advance(after - TimeSpan.FromSeconds(1));
        await AssertHeldAsync(held);
        Engine.Advance(TimeSpan.FromSeconds(1));
        await AssertHeldAsync(held, held, 0);
        Engine.Advance(Account.AncestorGrace);
        await AssertHeldAsync(0);
    }
}
