using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>What only a real crash of an activation shows; Orleans ends them in good order only.</summary>
public sealed class CrashTests : EngineTest
{
    protected override bool Crashes => true;

    [Fact]
    public async Task Settle_AfterTheOwnerForgot_EndsTheHoldsAbove()
    {
        // R15: settle and release end the hold at every node that still has one.
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.KillAsync(Leaf);
        await AssertHeldAsync(40, 40, 0);

        Assert.Equal((int)RowFlags.NoReservation, (await Engine.SettleAsync(held, 25)).Flags);

        await AssertHeldAsync(0);
        await AssertSpentAsync(25);
    }

    [Fact]
    public async Task Release_AfterTheOwnerForgot_EndsTheHoldsAbove()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.KillAsync(Leaf);

        Assert.Equal(ReservationState.Forgotten, (await Engine.ReleaseAsync(held)).State);

        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Reserve_AgainAfterTheOwnerForgot_ReplacesTheHoldsAbove()
    {
        // A later stamp replaces an earlier one; nothing is held twice.
        await Engine.HoldAsync(Leaf, 40, "again");
        await Engine.KillAsync(Leaf);

        await Engine.HoldAsync(Leaf, 50, "again");

        await AssertHeldAsync(50);
    }

    [Fact]
    public async Task Extend_AfterAnAncestorForgot_HoldsThereAgain()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.KillAsync(Root);
        await AssertHeldAsync(0, 40, 40);

        await Engine.ExtendAsync(held, ttl: TimeSpan.FromMinutes(5));

        await AssertHeldAsync(40);
    }

    [Fact]
    public async Task Kill_OfANodeThatIsBeingRead_DoesNotStopOthersFromComingIntoMemory()
    {
        // Reads of many nodes are gathered; the one that happens to drive the gathering must not take it with it.
        var gate = Faults.NewGate();
        Faults.BeforeRead = _ => gate.PassAsync();
        var lost = Engine.ViewAsync(Leaf);
        await gate.Entered.Within("the read of the leaf");
        await Engine.KillAsync(Leaf);
        await Assert.ThrowsAnyAsync<Exception>(() => lost);
        Faults.Heal();
        gate.Open();

        await Engine.ViewAsync(Root);
        await Engine.ViewAsync(Leaf);
    }
}
