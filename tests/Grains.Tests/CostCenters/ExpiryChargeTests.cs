using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary><c>on_expiry: charge</c> (R9): what a hold has left at its deadline is booked; what is told later takes its place.</summary>
public sealed class ExpiryChargeTests : EngineTest
{
    private static readonly InheritedSettings _charges = InheritedSettings.None with { OnExpiry = ExpiryRule.Charge };

    protected override void Configure(LedgerWriterOptions options) => options.PostDeadline = TimeSpan.FromHours(1);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100) with { Inherited = _charges });
    }

    [Fact]
    public async Task Deadline_WithSomethingLeft_BooksItAtEveryNode()
    {
        var held = await Engine.HoldAsync(Leaf, 40, "called");
        await Engine.SettleAsync(held, 10, final: false);
        var calledAt = (await Engine.FindAsync(held)).CreatedAt;
        Engine.Advance(Commands.Ttl);

        await AssertChargedAsync(40);
        Assert.Equal((ReservationState.Expired, 40, 0), (await Engine.FindAsync(held)) is var found ? (found.State, found.Settled, found.Left) : default);
        Assert.Equal(0, (await Engine.ViewAsync(Leaf)).ExpiredToday);
        var row = (await ChargeAsync(held))!;
        Assert.Equal((30, RowFlags.Assumed, "u", "gpt-x", held.Reply.Date, calledAt), (row.Cost.Nanos, row.Flags, row.User, row.Model, row.BookedDate, row.Timestamp));
        Assert.True(Engine.Catalog.Current.SigningKeys.TryRead(row.ReservationId, Clock.Now, out var id));
        Assert.Equal((held.Key, held.Reply.Attempt), (id!.Key, id.Attempt.Value));
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 61)).Reason);
        await Engine.HoldAsync(Leaf, 60);
    }

    [Fact]
    public async Task Deadline_WhereANearerBudgetReleases_GivesBack()
    {
        await Engine.PutBudgetAsync(Middle, Budget.Empty with { Inherited = InheritedSettings.None with { OnExpiry = ExpiryRule.Release } });
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(Commands.Ttl + Account.AncestorGrace);

        await AssertHeldAsync(0);
        await AssertSpentAsync(0);
        Assert.Null(await ChargeAsync(held));
        Assert.Equal(1, (await Engine.ViewAsync(Leaf)).ExpiredToday);
    }

    [Fact]
    public async Task Settle_AfterTheCharge_LeavesTheTrueCost()
    {
        var held = await ChargedAsync(40);

        var settled = await Engine.SettleAsync(held, 25, requestId: "s");
        Assert.Equal((PostOutcome.Recorded, 25, (int)RowFlags.AfterExpiry), (settled.Outcome, settled.Cost, settled.Flags));
        await AssertSpentAsync(25);
        Assert.Equal(PostOutcome.Duplicate, (await Engine.SettleAsync(held, 25, requestId: "s")).Outcome);
        await AssertSpentAsync(25);
        await Engine.SettleAsync(held, 5);
        await AssertSpentAsync(30);
        Assert.Equal(new ReleaseReply(ReservationState.Expired, false, false), await Engine.ReleaseAsync(held));
        await AssertSpentAsync(30);
    }

    [Fact]
    public async Task Settle_DearerThanTheCharge_BooksTheRest()
    {
        var held = await ChargedAsync(40);
        await Engine.SettleAsync(held, 70);
        await AssertSpentAsync(70);
    }

    [Fact]
    public async Task Heartbeats_AfterTheCharge_TakeTheirPartOfIt()
    {
        var held = await ChargedAsync(40);
        await Engine.SettleAsync(held, 15, final: false);
        await AssertSpentAsync(40);
        await Engine.SettleAsync(held, 3);
        await AssertSpentAsync(18);
    }

    [Fact]
    public async Task Settle_ToAnotherCostCenter_TakesTheChargeBackWhereItWas()
    {
        var held = await ChargedAsync(40);
        await Engine.SettleAsync(held, 25, elsewhere: Sibling);

        Assert.Equal((25, 25, 0, 25), (await Engine.SpentAsync(Root), await Engine.SpentAsync(Middle), await Engine.SpentAsync(Leaf), await Engine.SpentAsync(Sibling)));
    }

    [Fact]
    public async Task Settle_OfAChargedReservationThatIsForgotten_LeavesTheTrueCost()
    {
        var held = await ChargedAsync(40);
        await Engine.DeactivateAsync(Leaf);

        Assert.Equal((int)RowFlags.NoReservation, (await Engine.SettleAsync(held, 25)).Flags);
        await AssertSpentAsync(25);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Release_AfterTheCharge_TakesItBack()
    {
        var held = await ChargedAsync(40);

        Assert.Equal(new ReleaseReply(ReservationState.Released, false, false, Ended: true), await Engine.ReleaseAsync(held));
        await AssertSpentAsync(0);
        Assert.Equal(new ReleaseReply(ReservationState.Released, false, false), await Engine.ReleaseAsync(held));
        Assert.Equal((int)RowFlags.AfterRelease, (await Engine.SettleAsync(held, 5)).Flags);
        await AssertSpentAsync(5);
    }

    [Fact]
    public async Task Release_OfAChargedReservationThatIsForgotten_TakesItBack()
    {
        var held = await ChargedAsync(40);
        await Engine.DeactivateAsync(Leaf);

        Assert.Equal(ReservationState.Released, (await Engine.ReleaseAsync(held)).State);
        await AssertSpentAsync(0);
        Assert.Equal(new ReleaseReply(ReservationState.Forgotten, false, false), await Engine.ReleaseAsync(held with { Key = Guid.NewGuid() }));
    }

    [Fact]
    public async Task Deadline_WhileTheLedgerIsOut_HoldsUntilTheChargeIsBooked()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        var gate = Faults.HoldCommits();
        Engine.Advance(Commands.Ttl);
        Assert.Equal(40, await Engine.HeldAsync(Leaf));
        await gate.Entered.Within("the commit of the charge");
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(1)).Within("the owner waits for the outcome");
        var settle = Engine.SettleAsync(held, 25);

        for (var i = 0; i < 12; i++)
        {
            Engine.Advance(TimeSpan.FromSeconds(1));
            await Clock.TimerSetAsync(TimeSpan.FromSeconds(1)).Within("the owner has asked its ancestors to keep the hold");
            await AssertHeldAsync(40);
        }

        Assert.Equal(ReservationState.Settling, (await Engine.FindAsync(held)).State);
        Assert.False(settle.IsCompleted);
        gate.Open();
        Assert.Equal((int)RowFlags.AfterExpiry, (await settle).Flags);
        await AssertSpentAsync(25);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Deadline_LongPassedWhenItIsNoticed_BooksNothing()
    {
        // The ancestors have let it go, or are about to: what is not held could pass a limit.
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Pause(Commands.Ttl + Account.AncestorGrace);

        await AssertHeldAsync(0);
        Assert.Null(await ChargeAsync(held));
        await AssertSpentAsync(0);
    }

    [Fact]
    public async Task DurableHold_ThatComesBackJustAfterItsDeadline_IsCharged()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100, durable: true));
        var held = await Engine.HoldAsync(Leaf, 40);
        foreach (var node in All) await Engine.DeactivateAsync(node);
        Engine.Advance(Commands.Ttl + TimeSpan.FromSeconds(2));

        await AssertChargedAsync(40);
        Assert.Empty((await Engine.Store.Nodes.ReadNodesAsync([Engine.PathOf(Leaf)], Engine.Today, Clock.Now, CancellationToken.None))[0].Holds);
        await Engine.SettleAsync(held, 25);
        await AssertSpentAsync(25);
    }

    [Fact]
    public async Task Reserve_AgainAfterTheCharge_IsAReservationOfItsOwn()
    {
        var first = await ChargedAsync(40, "again");
        var second = await Engine.HoldAsync(Leaf, 30, "again");
        Assert.NotEqual(first.Reply.Attempt, second.Reply.Attempt);
        await Engine.SettleAsync(second, 20);
        await AssertSpentAsync(60);
        await Engine.SettleAsync(first, 1);
        await AssertSpentAsync(21);
    }

    private async Task<Held> ChargedAsync(long amount, string? requestId = null)
    {
        var held = await Engine.HoldAsync(Leaf, amount, requestId);
        Engine.Advance(Commands.Ttl);
        await AssertChargedAsync(amount);
        return held;
    }

    private Task AssertChargedAsync(long spent) => Eventually.HoldsAsync("the charge is booked", async () =>
    {
        // The owner first: its look at the time is what charges.
        foreach (var node in All.Reverse())
        {
            if ((await Engine.SpentAsync(node), await Engine.HeldAsync(node)) != (spent, 0)) return false;
        }

        return true;
    });

    private Task<UsageRow?> ChargeAsync(Held held) =>
        Engine.Store.Lookup.ReadRecordAsync(Engine.Tenant, AssumedUsage.IdOf(held.Key, new Stamp(held.Reply.Attempt)), CancellationToken.None);
}
