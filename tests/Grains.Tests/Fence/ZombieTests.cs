using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Fence;

/// <summary>A process that lost nodes: it grants while its lease runs, never afterwards, and drops what was taken over before it grants again.</summary>
public sealed class ZombieTests : TwoProcessTest
{
    [Fact]
    public async Task Grants_OfAProcessThatLostItsNodesUnnoticed_EndBeforeTheOtherBegins()
    {
        await WakeAsync(A);
        await WakeAsync(B);
        var granted = new List<string>();
        for (var passed = TimeSpan.Zero; passed <= Grace + Second; passed += TimeSpan.FromMilliseconds(250))
        {
            // The zombie renews nothing; it was stopped, or cannot reach the ledger.
            await B.Lease!.RenewAsync();
            if ((await A.AskAsync(Leaf, 1)).Reason == DenialReason.None) granted.Add("a");
            if ((await B.AskAsync(Leaf, 1)).Reason == DenialReason.None) granted.Add("b");
            Clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal(granted.Order(StringComparer.Ordinal), granted);
        Assert.Equal((20, 5), (granted.Count(g => g == "a"), granted.Count(g => g == "b")));
    }

    [Fact]
    public async Task Renewal_NamesTheNodesThatWereTakenOver_AndTheyStopAtOnce()
    {
        await WakeAsync(A);
        await A.ViewAsync("ops");
        await WakeAsync(B);
        Assert.Equal(DenialReason.None, (await A.AskAsync(Leaf, 1)).Reason);

        await A.Lease!.RenewAsync();

        // Whatever answers now, a dropped activation or the next one, which waits for the other process: it grants nothing.
        Assert.True(A.Health.MayGrant);
        Assert.Equal(DenialReason.LedgerUnavailable, (await A.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Resumed_AfterItsNodesWereTakenOver_DropsThemBeforeItGrants()
    {
        await A.HoldAsync(Leaf, 40);
        await PassAsync(Grace + Second, B);
        await B.HoldAsync(Leaf, 80);

        // Stopped until now: its memory has room for 50.
        Assert.Equal(DenialReason.LedgerUnavailable, (await A.AskAsync(Leaf, 1)).Reason);
        await A.Lease!.RenewAsync();
        Assert.True(A.Health.MayGrant);
        Assert.Equal(DenialReason.LedgerUnavailable, (await A.AskAsync(Leaf, 1)).Reason);
    }

    /// <summary>It took them for forgotten: settles were flagged, and the holds stayed where the reservation is open (cluster storm, pause).</summary>
    [Fact]
    public async Task Commands_OnWhatALaterActivationGranted_AreNotDecidedByAZombie()
    {
        await WakeAsync(A);
        await PassAsync(Grace + Second, B);
        await WakeAsync(B);
        await PassAsync(Grace, B);
        var held = await B.HoldAsync(Leaf, 40);

        // It goes on, and has not heard yet that it has lost the node.
        var settle = A.SettleAsync(held, 25);
        var release = A.ReleaseAsync(held);
        var find = A.FindAsync(held);
        var extend = A.ExtendAsync(held, amount: 50);
        await Clock.TimerSetAsync(LedgerHealth.Look).Within("the commands wait for a renewal");
        await A.ViewAsync(Leaf);
        await A.Lease!.RenewAsync();
        Clock.Advance(LedgerHealth.Look);

        Assert.Equal(PostOutcome.Unavailable, (await settle).Outcome);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => release);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => find);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => extend);
        Assert.Equal(ReservationState.Held, (await B.FindAsync(held)).State);
        var again = await B.SettleAsync(held, 25);
        Assert.Equal((PostOutcome.Recorded, 0), (again.Outcome, again.Flags));
        Assert.Equal(0, await B.HeldAsync(Root));
    }

    [Fact]
    public async Task Settle_OfAnEpochThatNobodyHas_IsRecordedOnceTheLeaseIsRenewed()
    {
        // After a backup was restored; or the id is made up.
        var held = await A.HoldAsync(Leaf, 40);
        var later = held with { Reply = held.Reply with { Attempt = Stamp.First(1_000).Value } };
        Clock.Advance(Tick);

        var settle = A.SettleAsync(later, 25);
        await Clock.TimerSetAsync(LedgerHealth.Look).Within("the settle waits for a renewal");
        await A.Lease!.RenewAsync();
        Clock.Advance(LedgerHealth.Look);

        Assert.Equal((PostOutcome.Recorded, (int)RowFlags.NoReservation), ((await settle).Outcome, (await settle).Flags));
    }

    [Fact]
    public async Task Dropped_LeavesMemory_AndHandsNothingOver()
    {
        // Its holds would come back behind the back of the process that has the node now.
        var held = await A.HoldAsync(Leaf, 40);
        await PassAsync(Grace + Second, B);
        await WakeAsync(B);
        Assert.Equal(DenialReason.None, (await B.AskAsync(Leaf, 90)).Reason);

        await A.Lease!.RenewAsync();

        await Eventually.HoldsAsync("the dropped node has left memory", async () => (await A.FindAsync(held)).State == ReservationState.Forgotten);
        Assert.Empty((await A.Store.Nodes.ReadNodesAsync([A.PathOf(Leaf)], A.Today, Clock.Now, CancellationToken.None))[0].Holds);
    }

    [Fact]
    public async Task Renewal_WhoseAnswerIsLost_NamesTheNodesAgain()
    {
        await WakeAsync(A);
        await PassAsync(Grace + Second, B);
        await WakeAsync(B);
        A.Faults.AfterRenewal = () => throw new LedgerUnavailableException("The test lost the answer.");

        await A.Lease!.RenewAsync();
        Assert.False(A.Health.MayGrant);
        A.Faults.Heal();
        await A.Lease!.RenewAsync();

        Assert.True(A.Health.MayGrant);
        Assert.Equal(DenialReason.LedgerUnavailable, (await A.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Deactivation_OfANodeThatAnotherHasTakenUnnoticed_DoesNotGiveItUp()
    {
        await WakeAsync(A);
        await WakeAsync(B);
        await GiveUpAsync(A, Leaf, Middle, Root);

        await using var third = await A.BesideAsync("c");

        Assert.Equal(DenialReason.LedgerUnavailable, (await third.AskAsync(Leaf, 1)).Reason);
    }
}
