using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>
/// What a command may do that names a reservation which its owner does not have: the signature of an id says that it was given out, not that it is the live one. It
/// may come from after the backup from which the ledger was restored.
/// </summary>
public sealed class ClaimTests : EngineTest
{
    /// <summary>Of this epoch, and made by nobody.</summary>
    private const int NeverMade = 1_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(NeverMade)]
    public async Task Settle_OfALaterAttemptThanTheLiveOne_TouchesNoHold(int later)
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var held = await Engine.HoldAsync(Leaf, 100);

        var settled = await SettleAsync(held.Id with { Attempt = held.Reply.Attempt + later }, 0);

        Assert.Equal((PostOutcome.Recorded, (int)RowFlags.NoReservation), (settled.Outcome, settled.Flags));
        await AssertHeldAsync(100);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Sibling, 1)).Reason);
        Assert.Equal(0, (await Engine.SettleAsync(held, 100)).Flags);
        await AssertSpentAsync(100);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Repeat_OfARecord_UnderALaterAttempt_TouchesNoHold()
    {
        // A repeat of a forgotten reservation's final record ends what is left of it, although it is a duplicate.
        var held = await Engine.HoldAsync(Leaf, 100);
        var record = Engine.Usage(Leaf, 1, "known", settles: held.Id with { Attempt = held.Reply.Attempt + 1 });
        await Engine.PostAsync(Leaf, record);

        Assert.Equal(PostOutcome.Duplicate, (await Engine.PostAsync(Leaf, record)).Outcome);

        await AssertHeldAsync(100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(NeverMade)]
    public async Task Release_OfALaterAttemptThanTheLiveOne_TouchesNoHold(int later)
    {
        var held = await Engine.HoldAsync(Leaf, 100);

        var released = await Engine.Node(Leaf).Release(new ReleaseRequest(held.Key, held.Reply.Attempt + later)).Within("the answer to release");

        Assert.Equal(new ReleaseReply(ReservationState.Forgotten, false, false), released);
        await AssertHeldAsync(100);
        Assert.Equal(ReservationState.Held, (await Engine.FindAsync(held)).State);
    }

    [Fact]
    public async Task Release_OfAnAttemptThatNobodyMade_DoesNotDenyItsRequestIdLater()
    {
        var held = await Engine.HoldAsync(Leaf, 1);
        var request = Engine.Check(Leaf, 10, "unused");
        var made = held.Reply.Attempt + NeverMade;

        await Engine.Node(Leaf).Release(new ReleaseRequest(request.Key, made)).Within("the answer to release");
        await SettleAsync(new SettleMessage(request.Key, made, Engine.PathOf(Leaf)), 0);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, request)).Reason);
        await AssertHeldAsync(11);
    }

    [Theory]
    [InlineData("somebody", 0)]
    [InlineData("u", -1)]
    [InlineData("u", 1)]
    public async Task AnyCommand_WithAnotherUserOrDateThanTheLiveOnes_FindsNothingAndTouchesNothing(string user, int days)
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        var (attempt, date) = (held.Reply.Attempt, Engine.Today.AddDays(days));

        var settled = await SettleAsync(held.Id with { User = user, Date = date }, 7);
        var released = await Engine.Node(Leaf).Release(new ReleaseRequest(held.Key, attempt, User: user, Date: date)).Within("the answer to release");
        var extended = await Engine.Node(Leaf).Extend(new ExtendRequest(held.Key, attempt, Commands.Ttl, null, 0, TimeSpan.FromSeconds(2), user, date)).Within("the answer to extend");
        var found = await Engine.Node(Leaf).Find(new FindRequest(held.Key, attempt, user, date)).Within("the state of a reservation");

        Assert.Equal((int)RowFlags.NoReservation, settled.Flags);
        Assert.Equal(ReservationState.Forgotten, released.State);
        Assert.Equal(DenialReason.ReservationEnded, extended.Reason);
        Assert.Equal(ReservationState.Forgotten, found.State);
        await AssertHeldAsync(40);
    }

    [Fact]
    public async Task AnyCommand_WithTheUserAndDateOfTheLiveOne_FindsIt()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        var found = await Engine.Node(Leaf).Find(new FindRequest(held.Key, held.Reply.Attempt, "u", held.Reply.Date)).Within("the state of a reservation");

        Assert.Equal(ReservationState.Held, found.State);
        Assert.Equal(0, (await SettleAsync(held.Id with { User = "u", Date = held.Reply.Date }, 7)).Flags);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Settle_OfAnEarlierAttempt_WhileALaterOneIsHeld_TouchesNoHold()
    {
        var first = await Engine.HoldAsync(Leaf, 40, "again");
        await Engine.ReleaseAsync(first);
        var second = await Engine.HoldAsync(Leaf, 40, "again");

        Assert.Equal((int)RowFlags.NoReservation, (await SettleAsync(first.Id, 7)).Flags);

        await AssertHeldAsync(40);
        Assert.Equal(0, (await Engine.SettleAsync(second, 5)).Flags);
    }

    /// <summary>Its owner died with its process; the root, elsewhere, holds the first attempt, and has not been asked for the second one yet.</summary>
    [Fact]
    public async Task Settle_OfAnEarlierAttempt_WhileALaterOneIsOnItsWay_EndsWhatIsHeldAbove()
    {
        var check = Engine.Check(Leaf, 40, "again");
        await Engine.HoldAtAsync(Root, Leaf, check.Key, attempt: 1, 40);
        var gate = Engine.Faults.NewGate();
        Engine.Faults.BeforeRead = read => read == $"node {Engine.PathOf(Middle)}" ? gate.PassAsync() : Task.CompletedTask;
        var later = Engine.AskAsync(Leaf, check);
        await gate.Entered.Within("the question to the node between");

        var settled = SettleAsync(new SettleMessage(check.Key, 1, Engine.PathOf(Leaf)), 7);

        await Eventually.HoldsAsync("the root holds nothing", async () => await Engine.HeldAsync(Root) == 0);
        gate.Open();
        Assert.Equal((int)RowFlags.NoReservation, (await settled).Flags);
        Assert.Equal(DenialReason.None, (await later).Reason);
        await AssertHeldAsync(40);
    }

    private Task<PostResult> SettleAsync(SettleMessage claim, long cost) => Engine.PostAsync(Leaf, Engine.Usage(Leaf, cost, settles: claim));
}
