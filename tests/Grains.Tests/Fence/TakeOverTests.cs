using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.Fence;

/// <summary>"If another process held the node and neither gave it up nor has been silent for 5 s by the ledger's clock, the new activation grants only 5 s later."</summary>
public sealed class TakeOverTests : TwoProcessTest
{
    [Fact]
    public async Task Check_OnNodesThatAnotherProcessHolds_IsDeniedForTheGraceAndReadsGoOn()
    {
        await WakeAsync(A);

        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
        Assert.Equal(10, await B.SpentAsync(Leaf));
        Assert.Equal(0, await B.HeldAsync(Leaf));

        await PassAsync(Grace - Tick, B);
        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
        await PassAsync(Tick, B);
        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 90)).Reason);
        Assert.Equal(DenialReason.BudgetExceeded, (await B.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Check_WithinTheWaitOfAnAncestorOnly_IsDenied()
    {
        await A.ViewAsync(Root);
        await GiveUpAsync(A, Leaf, Middle);
        Assert.Equal(0, await B.HeldAsync(Leaf));

        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
        await PassAsync(Grace, B);
        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Check_WithinTheWaitOfANodeWithoutLimits_UnderAHardLimitAboveIt_IsDenied()
    {
        // The root could grant; but without a hold at the leaf nothing would be held at all, and the next check would find as much left.
        await A.ViewAsync(Leaf);
        await GiveUpAsync(A, Middle, Root);
        Assert.Equal(0, await B.HeldAsync(Leaf));

        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, B.Check(Leaf, 1) with { DryRun = true })).Reason);
        await PassAsync(Grace, B);
        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 1)).Reason);
        Assert.Equal(1, await B.HeldAsync(Root));
    }

    [Fact]
    public async Task Check_WithinTheWaitOfASoftLimit_UnderAHardLimitBelowIt_IsDenied()
    {
        await A.PutBudgetAsync(Root, Budgets.Daily(1_000, soft: true));
        await A.PutBudgetAsync(Leaf, Budgets.Daily(100));
        await GiveUpAsync(A, Leaf, Middle);

        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
        await PassAsync(Grace, B);
        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 1)).Reason);
        Assert.Equal(1, await B.HeldAsync(Leaf));
    }

    [Fact]
    public async Task Check_AfterTheNodesWereGivenUp_IsDecidedAtOnceWithTheHoldsHandedOver()
    {
        await A.HoldAsync(Leaf, 40);
        await GiveUpAsync(A, Leaf, Middle, Root);

        var reply = await B.AskAsync(Leaf, 51);

        Assert.Equal(DenialReason.BudgetExceeded, reply.Reason);
        Assert.Equal(40, await B.HeldAsync(Root));
        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 50)).Reason);
    }

    [Fact]
    public async Task Check_AfterTheOtherProcessStopped_IsDecidedAtOnce()
    {
        await A.HoldAsync(Leaf, 40);
        await A.StopAsync();

        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 50)).Reason);
        Assert.Equal(DenialReason.BudgetExceeded, (await B.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Check_AfterFiveSecondsOfSilence_IsDecidedAtOnce()
    {
        await WakeAsync(A);
        await PassAsync(Grace, B);

        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 1)).Reason);
        Assert.Equal(DenialReason.LedgerUnavailable, (await A.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Check_JustBeforeFiveSecondsOfSilence_Waits()
    {
        await WakeAsync(A);
        await PassAsync(Grace - TimeSpan.FromMicroseconds(1), B);

        // The last instant of the old lease: both would decide.
        Assert.Equal(DenialReason.None, (await A.AskAsync(Leaf, 1)).Reason);
        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Activation_AgainWithinTheWait_WaitsStill()
    {
        await WakeAsync(A);
        await WakeAsync(B);
        await PassAsync(Second, A, B);
        foreach (var below in new[] { Leaf, Middle, Root }) await B.KillAsync(below);

        // Its own nodes, given up or not: what it waits for is the process before it.
        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
        await PassAsync(Grace - Second - Tick, B);
        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, 1)).Reason);
        await PassAsync(Tick, B);
        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Activation_AgainInTheSameProcess_GrantsAtOnce()
    {
        await WakeAsync(A);
        foreach (var below in All) await A.KillAsync(below);

        Assert.Equal(DenialReason.None, (await A.AskAsync(Leaf, 90)).Reason);
    }

    [Fact]
    public async Task Check_WithinTheWait_OfAProcessStartedAgainUnderItsName_IsDenied()
    {
        // It is another start: the one before it may be alive.
        await WakeAsync(A);
        await using var again = await A.BesideAsync("a");

        Assert.Equal(DenialReason.LedgerUnavailable, (await again.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Check_WithinTheWait_WhereAllowed_IsDegradedUpToTheLimit()
    {
        await WakeAsync(A);
        ReserveRequest Ask() => B.Check(Leaf, 40) with { OutageAllow = true, OutageLimit = 100, OutageNode = B.Tenant };

        foreach (var _ in new[] { 1, 2 })
        {
            var allowed = await B.AskAsync(Leaf, Ask());
            Assert.Equal((DenialReason.None, true, 0L), (allowed.Reason, allowed.Degraded, allowed.Attempt));
        }

        Assert.Equal(DenialReason.LedgerUnavailable, (await B.AskAsync(Leaf, Ask())).Reason);
        Assert.Equal(0, await B.HeldAsync(Root));
    }

    [Fact]
    public async Task Check_WithinTheWait_UnderASoftLimit_IsDegradedAndHoldsNothing()
    {
        await A.PutBudgetAsync(Root, Budgets.Daily(10, soft: true));
        await WakeAsync(A);

        var reply = await B.AskAsync(Leaf, 40);

        Assert.Equal((DenialReason.None, true, 0L), (reply.Reason, reply.Degraded, reply.Attempt));
        Assert.Equal(0, await B.HeldAsync(Root));
    }

    [Fact]
    public async Task Post_WithinTheWait_IsBookedAtOnce()
    {
        await WakeAsync(A);

        Assert.Equal((int)PostOutcomeRecorded, (int)(await B.PostAsync(Leaf, 5)).Outcome);
        Assert.Equal((15, 15), (await B.SpentAsync(Leaf), await B.SpentAsync(Root)));
    }

    private const Interfaces.Usage.PostOutcome PostOutcomeRecorded = Interfaces.Usage.PostOutcome.Recorded;
}
