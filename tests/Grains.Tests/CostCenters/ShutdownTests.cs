using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>A graceful stop hands holds over to the ledger, and the next process has them.</summary>
public sealed class ShutdownTests : EngineTest
{
    protected override bool OwnSilo => true;

    [Fact]
    public async Task Restart_WithOpenReservations_HasThemBackAtEveryNode()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var request = Engine.Check(Leaf, 40, "again");
        var held = await Engine.HoldAsync(Leaf, request);
        await Engine.SettleAsync(held, 15, final: false);
        var short_ = await Engine.HoldAsync(Sibling, 20, ttl: TimeSpan.FromSeconds(5));

        Engine = await Engine.RestartAsync();

        Assert.Equal((45, 45), (await Engine.HeldAsync(Root), await Engine.HeldAsync(Middle)));
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync("ops", 41)).Reason);
        Assert.Equal(held.Reply.Attempt, (await Engine.HoldAsync(Leaf, request)).Reply.Attempt);
        Assert.Equal((25, 15), ((await Engine.FindAsync(held)).Left, (await Engine.FindAsync(held)).Settled));
        Assert.Equal(0, (await Engine.SettleAsync(held, 25)).Flags);
        Assert.Equal(20, await Engine.HeldAsync(Root));
        Assert.Equal(20, await Engine.HeldAsync(Sibling));
        // The deadline went on.
        Engine.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((20, 0), (await Engine.HeldAsync(Root), await Engine.HeldAsync(Sibling)));
        Assert.Equal(ReservationState.Expired, (await Engine.FindAsync(short_)).State);
        Engine.Advance(Account.AncestorGrace);
        Assert.Equal(0, await Engine.HeldAsync(Root));
        Assert.Equal(40, await Engine.SpentAsync(Root));
    }

    [Fact]
    public async Task Restart_WithHoldsThatAreCharged_BringsTheirOwnersBack()
    {
        await Engine.PutBudgetAsync(Middle, Budget.Empty with { Inherited = InheritedSettings.None with { OnExpiry = ExpiryRule.Charge } });
        await Engine.HoldAsync(Leaf, 40);
        await Engine.HoldAsync("ops", 20);

        Engine = await Engine.RestartAsync();
        await new StoredHoldOwners(Engine.Store.Holds, Engine.Services, Engine.Grains).WakeAsync(CancellationToken.None);

        Assert.NotNull(Engine.Services.ActiveNodes.Find(Engine.PathOf(Leaf)));
        Assert.Null(Engine.Services.ActiveNodes.Find(Engine.PathOf("ops")));
        // In memory it has a timer of its own for the deadline; that one runs on real time here, so the owner is looked at.
        Engine.Advance(Commands.Ttl);
        await Eventually.HoldsAsync("the charge is booked", async () => await Engine.SpentAsync(Leaf) == 40);
    }

    [Fact]
    public async Task Restart_AfterTheDeadline_DoesNotRestoreTheHold()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.StopAsync();
        Engine.Advance(Commands.Ttl + Account.AncestorGrace);

        Engine = await Engine.RestartAsync();

        await AssertHeldAsync(0);
        Assert.Equal(ReservationState.Forgotten, (await Engine.FindAsync(held)).State);
    }

    [Fact]
    public async Task Restart_AfterASettledHandOver_LeavesNothingInTheLedger()
    {
        // A hold handed over is deleted with its settle, in the record's transaction, and once more handed over it is replaced.
        var settled = await Engine.HoldAsync(Leaf, 40);
        var released = await Engine.HoldAsync(Leaf, 5);
        var kept = await Engine.HoldAsync(Leaf, 3);
        Engine = await Engine.RestartAsync();
        await Engine.SettleAsync(settled, 25);
        await Engine.ReleaseAsync(released);
        await Engine.SettleAsync(kept, 1, final: false);

        Engine = await Engine.RestartAsync();

        await AssertHeldAsync(2);
        await AssertSpentAsync(26);
        Assert.Equal(2, (await Engine.FindAsync(kept)).Left);
    }

    [Fact]
    public async Task Restart_WithUsage_ReadsBalancesAndBudgets()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100));
        await Engine.PostAsync(Leaf, 90);

        Engine = await Engine.RestartAsync();

        await AssertSpentAsync(90);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 11)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 10)).Reason);
    }

    [Fact]
    public async Task Release_OfAnAnswerThatCameTooLate_LeavesWhatCameBackFromTheLedger()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(100, durable: true));
        var late = await Engine.HoldAsync(Leaf, Engine.Check(Leaf, 40, "same"));
        Engine = await Engine.RestartAsync();

        // Who else was told of it nobody knows any more.
        Assert.Equal(ReservationState.Held, (await Engine.Node(Leaf).Release(new ReleaseRequest(late.Key, late.Reply.Attempt, Late: Guid.Empty))).State);
        await AssertHeldAsync(40);
    }
}
