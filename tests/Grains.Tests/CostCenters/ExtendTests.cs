using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>R5 and R16: more time or a larger amount for what is held.</summary>
public sealed class ExtendTests : EngineTest
{
    [Fact]
    public async Task Extend_WithMoreTime_MovesTheDeadlineEverywhere()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(TimeSpan.FromSeconds(30));

        var extended = await Engine.ExtendAsync(held, ttl: TimeSpan.FromSeconds(100));

        Assert.Equal((DenialReason.None, 40, Clock.Now.AddSeconds(100)), (extended.Reason, extended.Granted, extended.ExpiresAt));
        Engine.Advance(TimeSpan.FromSeconds(99));
        await AssertHeldAsync(40);
        Engine.Advance(TimeSpan.FromSeconds(1));
        await AssertHeldAsync(40, 40, 0);
        Engine.Advance(Account.AncestorGrace);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Extend_WithMoreTimeAlone_PassesEvenWhereNothingIsLeft()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(40));
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.PostAsync(Sibling, 100);
        await Engine.Store.Pauses.PutPauseAsync(new Pause(Engine.Tenant, null, null, null, null, "test", Clock.Now), Engine.Admin(), CancellationToken.None);
        await Engine.RefreshAsync(Root);

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, ttl: TimeSpan.FromMinutes(5))).Reason);
        Assert.Equal(DenialReason.Paused, (await Engine.ExtendAsync(held, amount: 41)).Reason);
    }

    [Fact]
    public async Task Extend_WithMoreTimeAlone_NeedsNoSideAccountAndNoLedger()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.PutBudgetAsync(Leaf, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(100)));
        await Engine.PutBudgetAsync(Root, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(100), perChild: Budgets.Limits(100)));
        Faults.BreakReads();

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, ttl: TimeSpan.FromMinutes(5))).Reason);

        Engine.Advance(TimeSpan.FromMinutes(4));
        await AssertHeldAsync(40);
        Faults.Heal();
        // The side accounts were never read; they count the hold all the same.
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 61)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 60)).Reason);
    }

    [Fact]
    public async Task Extend_WithALargerAmount_HoldsTheDifferenceEverywhere()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(70));
        var held = await Engine.HoldAsync(Leaf, 40);

        var extended = await Engine.ExtendAsync(held, amount: 70);

        Assert.Equal((DenialReason.None, 70), (extended.Reason, extended.Granted));
        await AssertHeldAsync(70);
        Assert.Equal(held.Reply.ExpiresAt, extended.ExpiresAt);
        Assert.Equal(0, (await Engine.SettleAsync(held, 70)).Flags);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Extend_AfterAHeartbeat_HoldsTheDifferenceOfTheTotals()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.SettleAsync(held, 30, final: false);

        await Engine.ExtendAsync(held, amount: 60);

        await AssertHeldAsync(30);
    }

    [Theory]
    [InlineData(Leaf)]
    [InlineData(Middle)]
    [InlineData(Root)]
    public async Task Extend_Refused_LeavesEveryHoldAsItWas(string refusing)
    {
        await Engine.PutBudgetAsync(refusing, Budgets.Daily(100));
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.HoldAsync(Leaf, 50);
        Engine.Advance(TimeSpan.FromSeconds(10));
        var before = await Engine.ViewsAsync(All);

        var refused = await Engine.ExtendAsync(held, ttl: TimeSpan.FromHours(1), amount: 51);

        Assert.Equal((DenialReason.BudgetExceeded, 40), (refused.Reason, refused.Granted));
        Assert.Equal(before, await Engine.ViewsAsync(All));
        Engine.Advance(TimeSpan.FromSeconds(50));
        await AssertHeldAsync(90, 90, 0);
        Engine.Advance(Account.AncestorGrace);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Extend_UnderASoftLimit_IsHeldOverItAndFlagged()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(50, soft: true));
        var held = await Engine.HoldAsync(Leaf, 40);

        Assert.True((await Engine.ExtendAsync(held, amount: 60)).OverLimit);
        Assert.Equal((int)RowFlags.OverLimit, (await Engine.SettleAsync(held, 60)).Flags);
    }

    [Fact]
    public async Task Extend_RefusedUnderAHardLimit_DoesNotMarkTheReservationOverItsSoftOne()
    {
        // A refusal leaves everything as it was, the flag of its settle too.
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(50, soft: true));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(50));
        var held = await Engine.HoldAsync(Leaf, 40);

        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.ExtendAsync(held, amount: 60)).Reason);

        Assert.Equal(0, (await Engine.SettleAsync(held, 40)).Flags);
    }

    [Fact]
    public async Task Extend_InAWindowThatHasEnded_TakesTimeButNoAmount()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        Engine.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(30));
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(DenialReason.WindowEnded, (await Engine.ExtendAsync(held, amount: 41)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, ttl: TimeSpan.FromMinutes(5))).Reason);
        await AssertHeldAsync(40);
    }

    [Fact]
    public async Task Extend_OverMidnightInAWindowThatStillRuns_TakesAmount()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Of(Budgets.Limits(total: 100)));
        Engine.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(30));
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, amount: 100)).Reason);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.ExtendAsync(held, amount: 101)).Reason);
        await AssertHeldAsync(100);
    }

    [Fact]
    public async Task Extend_ToLessTimeThanIsLeft_TakesNoneBack()
    {
        var held = await Engine.HoldAsync(Leaf, 40, ttl: TimeSpan.FromHours(2));

        var extended = await Engine.ExtendAsync(held, ttl: TimeSpan.FromMinutes(1));

        Assert.Equal(Engine.Start.AddHours(2), extended.ExpiresAt);
    }

    [Fact]
    public async Task Extend_Beyond24Hours_EndsThere()
    {
        var held = await Engine.HoldAsync(Leaf, 40, ttl: TimeSpan.FromHours(2));
        Engine.Advance(TimeSpan.FromHours(1));

        var extended = await Engine.ExtendAsync(held, ttl: TimeSpan.FromHours(24));

        Assert.Equal(Engine.Start.AddHours(24), extended.ExpiresAt);
    }

    [Fact]
    public async Task Extend_ToLess_IsRefused()
    {
        var held = await Engine.HoldAsync(Leaf, 40);

        Assert.Equal(DenialReason.AmountTooSmall, (await Engine.ExtendAsync(held, amount: 39)).Reason);
        await AssertHeldAsync(40);
    }

    [Fact]
    public async Task Extend_WhereASideAccountCannotBeRead_LeavesTheReservationUsable()
    {
        // A failure must not leave the reservation busy for ever: it would never expire, and every command on it would wait.
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.PutBudgetAsync(Leaf, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(100)));
        Faults.BreakReads();
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => Engine.ExtendAsync(held, amount: 50));
        Faults.Heal();

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, amount: 50)).Reason);
        await AssertHeldAsync(50);
        Engine.Advance(Commands.Ttl + Account.AncestorGrace);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Extend_WhereAnAncestorAnswersTooLate_IsPutBackThereToo()
    {
        // "A refusal leaves the hold as it was", at the node that did not answer in time as well.
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.PutBudgetAsync(Root, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(1_000)));
        var slow = Faults.NewGate();
        Faults.BeforeRead = _ => slow.PassAsync();
        var before = await Engine.ViewsAsync(All);
        var extend = Engine.ExtendAsync(held, ttl: TimeSpan.FromHours(1), amount: 90);
        await slow.Entered.Within("the root reads the user's account");

        await Clock.TimerSetAsync(TimeSpan.FromSeconds(2)).Within("the owner waits for the root");
        Engine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(DenialReason.LedgerUnavailable, (await extend).Reason);
        slow.Open();

        await Eventually.HoldsAsync("every hold is as it was", async () => await Engine.ViewsAsync(All) == before);
    }

    [Fact]
    public async Task Extend_ThatTakesLongerThanTheReservationHas_DoesNotLoseTheHoldMeanwhile()
    {
        // A command is under way on it, so it does not expire; refused, its old deadline stands, which has passed.
        await Engine.HoldAsync(Leaf, 1, ttl: TimeSpan.FromHours(1));
        var held = await Engine.HoldAsync(Leaf, 40, ttl: TimeSpan.FromSeconds(1));
        await Engine.PutBudgetAsync(Root, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(1_000)));
        var slow = Faults.NewGate();
        Faults.BeforeRead = _ => slow.PassAsync();
        var extend = Engine.ExtendAsync(held, amount: 90);
        await slow.Entered.Within("the root reads the user's account");
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(2)).Within("the owner waits for the root");

        Engine.Advance(TimeSpan.FromMilliseconds(1_500));
        Assert.Equal(ReservationState.Held, (await Engine.FindAsync(held)).State);
        Assert.Equal(91, await Engine.HeldAsync(Leaf));
        Engine.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(DenialReason.LedgerUnavailable, (await extend).Reason);
        slow.Open();

        Assert.Equal(ReservationState.Expired, (await Engine.FindAsync(held)).State);
        Assert.Equal(1, await Engine.HeldAsync(Leaf));
        // The ask that comes too late may be granted above; it lapses there as any other.
        await Eventually.HoldsAsync(
            "the late hold above has lapsed",
            async () =>
            {
                Engine.Advance(TimeSpan.FromSeconds(1));
                return await Engine.HeldAsync(Root) == 1;
            });
    }
}
