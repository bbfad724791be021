using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>From submission until its outcome is known a settled reservation is SETTLING: it counts, does not expire, and every other command waits.</summary>
public sealed class SettlingTests : EngineTest
{
    protected override void Configure(LedgerWriterOptions options) => options.PostDeadline = TimeSpan.FromHours(1);

    [Fact]
    public async Task AnyCommand_WhileSettling_WaitsForTheOutcome()
    {
        var request = Engine.Check(Leaf, 40, "same");
        var held = await Engine.HoldAsync(Leaf, request);
        var gate = Faults.HoldCommits();
        var settle = Engine.SettleAsync(held, 25);
        await gate.Entered.Within("the commit of the settle");

        var release = Engine.ReleaseAsync(held);
        var extend = Engine.ExtendAsync(held, Commands.Ttl);
        var again = Engine.AskAsync(Leaf, request);
        var settleAgain = Engine.SettleAsync(held, 5);
        Assert.Equal(ReservationState.Settling, (await Engine.FindAsync(held)).State);
        await AssertHeldAsync(40);
        Assert.All(new Task[] { settle, release, extend, again, settleAgain }, task => Assert.False(task.IsCompleted));

        gate.Open();
        Assert.Equal(0, (await settle).Flags);
        Assert.Equal(new ReleaseReply(ReservationState.Settled, true, false), await release);
        Assert.Equal(DenialReason.ReservationEnded, (await extend).Reason);
        Assert.Equal(DenialReason.RequestIdConflict, (await again).Reason);
        Assert.Equal((int)RowFlags.AfterSettle, (await settleAgain).Flags);
        await AssertHeldAsync(0);
        await AssertSpentAsync(30);
    }

    [Fact]
    public async Task Deadline_WhileSettling_DoesNotExpireTheHold()
    {
        var held = await Engine.HoldAsync(Leaf, 40, ttl: TimeSpan.FromSeconds(2));
        var gate = Faults.HoldCommits();
        var settle = Engine.SettleAsync(held, 25);
        await gate.Entered.Within("the commit of the settle");

        Engine.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(ReservationState.Settling, (await Engine.FindAsync(held)).State);
        Assert.Equal(40, await Engine.HeldAsync(Leaf));

        gate.Open();
        Assert.Equal((PostOutcome.Recorded, 0), ((await settle).Outcome, (await settle).Flags));
        Assert.Equal(0, (await Engine.ViewAsync(Leaf)).ExpiredToday);
    }

    /// <summary>It did: what it counted could be granted to somebody else, and was booked as well (simulation, seed 35626).</summary>
    [Fact]
    public async Task Ancestors_WhileTheCommitTakesLong_KeepTheHold()
    {
        var held = await Engine.HoldAsync(Leaf, 40, ttl: TimeSpan.FromSeconds(2));
        var gate = Faults.HoldCommits();
        var settle = Engine.SettleAsync(held, 25);
        await gate.Entered.Within("the commit of the settle");

        await Clock.TimerSetAsync(TimeSpan.FromSeconds(2)).Within("the owner waits for the deadline");
        for (var i = 0; i < 30; i++)
        {
            await SecondAsync();
            await AssertHeldAsync(40);
        }

        gate.Open();
        Assert.Equal((PostOutcome.Recorded, 0), ((await settle).Outcome, (await settle).Flags));
        await AssertHeldAsync(0);
        await AssertSpentAsync(25);
    }

    /// <summary>The owner asks its ancestors once a second.</summary>
    private async Task SecondAsync()
    {
        Engine.Advance(TimeSpan.FromSeconds(1));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(1)).Within("the owner has asked");
    }

    /// <summary>Its process died between the commit and telling the root, elsewhere, which held it to its deadline (cluster storm, kill).</summary>
    [Fact]
    public async Task Settle_RepeatedWhereTheReservationIsForgotten_EndsWhatIsLeftAtAncestors()
    {
        var key = Engine.Check(Leaf, 40, "check").Key;
        Assert.Equal(VerdictKind.Granted, (await Engine.HoldAtAsync(Root, Leaf, key, attempt: 1, 40)).Status);
        await Engine.PostAsync(Leaf, 25, "r");
        var settle = Engine.Usage(Leaf, 25, "r", settles: new SettleMessage(key, 1, Engine.PathOf(Leaf)));
        Assert.Equal(40, await Engine.HeldAsync(Root));

        Assert.Equal(PostOutcome.Duplicate, (await Engine.PostAsync(Leaf, settle)).Outcome);

        await AssertHeldAsync(0);
        await AssertSpentAsync(25);
    }

    [Fact]
    public async Task Settle_ThatIsRefusedAsDuplicate_LeavesTheReservationHeld()
    {
        // Duplicate: no effect, holds included.
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.PostAsync(Leaf, Engine.Usage(Leaf, 25, "r"));

        Assert.Equal(PostOutcome.Duplicate, (await Engine.SettleAsync(held, 25, requestId: "r")).Outcome);
        Assert.Equal(PostOutcome.Conflict, (await Engine.SettleAsync(held, 26, requestId: "r")).Outcome);

        Assert.Equal(ReservationState.Held, (await Engine.FindAsync(held)).State);
        await AssertHeldAsync(40);
        Engine.Advance(Commands.Ttl);
        Assert.Equal(ReservationState.Expired, (await Engine.FindAsync(held)).State);
    }

    [Fact]
    public async Task Post_OfSeveralRecordsForOneReservation_SettlesThemInOrder()
    {
        var held = await Engine.HoldAsync(Leaf, 100);

        var reply = await Engine.PostAsync(
            Leaf, Engine.Settlement(held, 30, final: false), Engine.Settlement(held, 60), Engine.Settlement(held, 1)).Within("the answer to a post of three");

        Assert.Equal([0, 0, (int)RowFlags.AfterSettle], reply.Results.Select(r => r.Flags));
        await AssertHeldAsync(0);
        await AssertSpentAsync(91);
    }

    [Fact]
    public async Task Settle_OfManyReservationsAtOnceByManyCallers_EndsEachOnce()
    {
        var helds = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Engine.HoldAsync(Leaf, 10)));
        await AssertHeldAsync(500);

        // Each is settled by two callers at the same time: one is the settle, the other comes after it (R12).
        var settles = await Task.WhenAll(helds.Concat(helds).Select(h => Engine.SettleAsync(h, 4)));

        Assert.Equal(50, settles.Count(s => s.Flags == 0));
        Assert.Equal(50, settles.Count(s => s.Flags == (int)RowFlags.AfterSettle));
        await AssertHeldAsync(0);
        await AssertSpentAsync(400);
    }
}
