using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Fence;

/// <summary>A node that leaves in good order while the owners of what it holds stay where they are: its holds are with whoever has the node next.</summary>
public sealed class MovedAncestorTests : TwoProcessTest
{
    [Fact]
    public async Task Hold_OfAnAncestorThatMoved_IsHeldThere()
    {
        await A.HoldAsync(Leaf, 40);
        await A.HoldAsync(Middle, 20);

        await GiveUpAsync(A, Root);

        Assert.Equal(60, await B.HeldAsync(Root));
        // Nobody waits: it was given up.
        Assert.Equal(DenialReason.BudgetExceeded, (await B.AskAsync("ops", 31)).Reason);
        Assert.Equal(DenialReason.None, (await B.AskAsync("ops", 30)).Reason);
    }

    [Fact]
    public async Task Hold_OfTwoAncestorsThatMoved_IsHeldAtBoth()
    {
        await A.HoldAsync(Leaf, 40);

        await GiveUpAsync(A, Middle, Root);

        Assert.Equal((40, 40), (await B.HeldAsync(Root), await B.HeldAsync(Middle)));
    }

    [Fact]
    public async Task Hold_ThatMovedWithItsWholePath_IsTheOwnersToo()
    {
        var held = await A.HoldAsync(Leaf, 40);
        await A.SettleAsync(held, 15, final: false);

        // In either order the owner's own row stands.
        await GiveUpAsync(A, Root, Leaf, Middle);

        Assert.Equal((25, 25, 25), (await B.HeldAsync(Root), await B.HeldAsync(Middle), await B.HeldAsync(Leaf)));
        Assert.Equal((ReservationState.Held, 25, 15), await StateAsync(B, held));
        Assert.Equal(0, (await B.SettleAsync(held, 25)).Flags);
        Assert.Equal((0, 50), (await B.HeldAsync(Root), await B.SpentAsync(Root)));
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Hold_OfAnAncestorThatMoved_EndsThereAndLeavesNothingInTheLedger()
    {
        var settled = await A.HoldAsync(Leaf, 40);
        var released = await A.HoldAsync(Leaf, 20);
        var lapsed = await A.HoldAsync(Leaf, 5, ttl: TimeSpan.FromSeconds(5));
        await GiveUpAsync(A, Root);
        Assert.Equal(65, await A.HeldAsync(Root));

        Assert.Equal(PostOutcome.Recorded, (await A.SettleAsync(settled, 30)).Outcome);
        await A.ReleaseAsync(released);
        await PassAsync(TimeSpan.FromSeconds(11), A);

        Assert.Equal(ReservationState.Expired, (await A.FindAsync(lapsed)).State);
        Assert.Equal((0, 40), (await A.HeldAsync(Root), await A.SpentAsync(Root)));
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Hold_ExtendedAfterItsAncestorMoved_IsExtendedThere()
    {
        var held = await A.HoldAsync(Leaf, 40);
        await GiveUpAsync(A, Root);

        Assert.Equal(DenialReason.None, (await A.ExtendAsync(held, amount: 60)).Reason);
        Assert.Equal(60, await A.HeldAsync(Root));
        await GiveUpAsync(A, Root);

        Assert.Equal(60, await B.HeldAsync(Root));
    }

    private static async Task<(ReservationState, long Left, long Settled)> StateAsync(Engine engine, Held held)
    {
        var state = await engine.FindAsync(held);
        return (state.State, state.Left, state.Settled);
    }

    private Task AssertNothingStoredAsync() => Eventually.HoldsAsync(
        "no row of a hold is left",
        async () => (await A.Store.Nodes.ReadNodesAsync([A.PathOf(Root), A.PathOf(Middle), A.PathOf(Leaf)], A.Today, Clock.Now, CancellationToken.None)).All(n => n.Holds.Count == 0));
}
