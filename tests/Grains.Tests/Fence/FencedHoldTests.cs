using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Fence;

/// <summary>Durable holds between processes: committed with the epochs of the nodes that granted them, restored at whoever has the node next.</summary>
public sealed class FencedHoldTests : TwoProcessTest
{
    protected override Budget Budget => Budgets.Daily(100, durable: true);

    [Theory]
    [InlineData(Root)]
    [InlineData(Leaf)]
    public async Task DurableHold_GrantedByANodeThatWasTakenOverMeanwhile_IsRefused(string taken)
    {
        await WakeAsync(A);
        var gate = A.Faults.HoldCommits();
        var ask = A.AskAsync(Leaf, 40);
        await gate.Entered.Within("the hold is on its way to the ledger");
        await B.ViewAsync(taken);
        gate.Open();

        Assert.Equal(DenialReason.LedgerUnavailable, (await ask).Reason);
        Assert.Empty((await A.Store.Nodes.ReadNodesAsync([A.PathOf(Root)], A.Today, Clock.Now, CancellationToken.None))[0].Holds);
    }

    [Fact]
    public async Task DurableHold_CommittedBeforeTheTakeOver_IsRestoredThereAndCounts()
    {
        var held = await A.HoldAsync(Leaf, 40);
        await PassAsync(Grace, B);

        Assert.Equal(DenialReason.BudgetExceeded, (await B.AskAsync(Leaf, 51)).Reason);
        Assert.Equal((40, 40), (await B.HeldAsync(Leaf), await B.HeldAsync(Root)));
        Assert.Equal(ReservationState.Held, (await B.FindAsync(held)).State);
    }

    [Fact]
    public async Task Commands_OnARestoredHoldWithinTheWait_GoOn()
    {
        var settled = await A.HoldAsync(Leaf, 40);
        var released = await A.HoldAsync(Leaf, 20);

        // Time yes, a larger amount no.
        Assert.Equal(DenialReason.None, (await B.ExtendAsync(settled, ttl: TimeSpan.FromMinutes(5))).Reason);
        Assert.Equal(DenialReason.LedgerUnavailable, (await B.ExtendAsync(settled, amount: 50)).Reason);
        var repeated = await B.ReleaseAsync(released);
        Assert.Equal(ReservationState.Released, repeated.State);
        Assert.Equal((PostOutcome.Recorded, 0), ((await B.SettleAsync(settled, 25)).Outcome, (await B.FindAsync(settled)).Left));

        Assert.Equal((0, 35), (await B.HeldAsync(Root), await B.SpentAsync(Root)));
        Assert.Empty((await B.Store.Nodes.ReadNodesAsync([B.PathOf(Root)], B.Today, Clock.Now, CancellationToken.None))[0].Holds);
    }
}
