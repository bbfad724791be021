using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Records;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary><c>durable_holds</c>: where any asked node has it, the hold is in the ledger before the answer, and survives its process.</summary>
public sealed class DurableHoldTests : EngineTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100, durable: true));
    }

    [Fact]
    public async Task Reserve_WhereAnAncestorWantsIt_IsInTheLedgerBeforeTheAnswer()
    {
        var held = await Engine.HoldAsync(Leaf, 40);

        foreach (var node in All)
        {
            var stored = Assert.Single(await StoredAsync(node));
            Assert.Equal((held.Key, held.Owner, 40, 40, true), (stored.Key, stored.Owner, stored.Granted.Nanos, stored.Left.Nanos, stored.Durable));
            Assert.Equal((held.Reply.Attempt, held.Reply.ExpiresAt), (stored.Attempt.Value, stored.Deadline));
            Assert.Equal([Engine.PathOf(Leaf), Engine.PathOf(Middle), Engine.Tenant], stored.Nodes);
        }
    }

    [Fact]
    public async Task Reserve_LevelledToLess_IsStoredAsLevelled()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(30));

        var held = await Engine.HoldAsync(Leaf, Engine.Check(Leaf, 40) with { MinAmount = 1 });

        var stored = Assert.Single(await StoredAsync(Leaf));
        Assert.Equal((30, 30, 30), (held.Reply.Granted, stored.Granted.Nanos, stored.Left.Nanos));
    }

    [Fact]
    public async Task Reserve_ThatSurvivesItsActivations_IsHeldAgainAtEveryNode()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(TimeSpan.FromSeconds(10));

        foreach (var node in All) await Engine.KillAsync(node);

        await AssertHeldAsync(40);
        var found = await Engine.FindAsync(held);
        Assert.Equal((ReservationState.Held, 40, held.Reply.ExpiresAt), (found.State, found.Granted, found.ExpiresAt));
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 61)).Reason);
        Engine.Advance(TimeSpan.FromSeconds(50));
        await AssertHeldAsync(40, 40, 0);
        Engine.Advance(Account.AncestorGrace);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Reserve_ThatSurvivesItsActivations_IsTheSameReservationWhenAskedAgain()
    {
        var request = Engine.Check(Leaf, 40, "again");
        var held = await Engine.HoldAsync(Leaf, request);
        foreach (var node in All) await Engine.KillAsync(node);

        Assert.Equal(held.Reply.Attempt, (await Engine.HoldAsync(Leaf, request)).Reply.Attempt);
        Assert.Equal(DenialReason.RequestIdConflict, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 41, "again"))).Reason);
        Assert.Equal(0, (await Engine.SettleAsync(held, 40)).Flags);
        await AssertHeldAsync(0);
        await AssertStoredAsync(0);
    }

    [Fact]
    public async Task Activation_AfterTheDeadline_DoesNotRestoreTheHold()
    {
        await Engine.HoldAsync(Leaf, 40);
        foreach (var node in All) await Engine.KillAsync(node);
        Engine.Advance(Commands.Ttl);

        // Ancestors keep it 5 s longer, restored or not.
        await AssertHeldAsync(40, 40, 0);
        foreach (var node in All) await Engine.KillAsync(node);
        Engine.Advance(Account.AncestorGrace);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Settle_OfADurableHold_EndsItInTheLedgerToo()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.SettleAsync(held, 25);

        await AssertStoredAsync(0);
    }

    [Fact]
    public async Task SettlePartly_OfADurableHold_StoresItsRestAndDeadline()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(TimeSpan.FromSeconds(20));

        await Engine.SettleAsync(held, 25, final: false);

        var stored = Assert.Single(await StoredAsync(Root));
        Assert.Equal((40, 15, 25), (stored.Granted.Nanos, stored.Left.Nanos, stored.Settled.Nanos));
        Assert.Equal((await Engine.FindAsync(held)).ExpiresAt, stored.Deadline);
        foreach (var node in All) await Engine.KillAsync(node);
        await AssertHeldAsync(15);
        await AssertSpentAsync(25);
        // The restored hold goes on from its revision: the next heartbeat is not taken for an old one.
        await Engine.SettleAsync(held, 5, final: false);
        await AssertHeldAsync(10);
        Assert.Equal(10, Assert.Single(await StoredAsync(Root)).Left.Nanos);
    }

    [Fact]
    public async Task Release_OfADurableHold_EndsItInTheLedgerToo()
    {
        var held = await Engine.HoldAsync(Leaf, 40);

        Assert.Equal(ReservationState.Released, (await Engine.ReleaseAsync(held)).State);

        await AssertStoredAsync(0);
    }

    [Fact]
    public async Task Expiry_OfADurableHold_EndsItInTheLedgerToo()
    {
        await Engine.HoldAsync(Leaf, 40);
        Engine.Advance(Commands.Ttl);
        await AssertHeldAsync(40, 40, 0);

        await Eventually.HoldsAsync("the expired hold leaves the ledger", async () => (await StoredAsync(Root)).Count == 0);
    }

    [Fact]
    public async Task Extend_OfADurableHold_StoresAmountAndDeadline()
    {
        var held = await Engine.HoldAsync(Leaf, 40);

        var extended = await Engine.ExtendAsync(held, ttl: TimeSpan.FromMinutes(10), amount: 70);

        var stored = Assert.Single(await StoredAsync(Root));
        Assert.Equal((70, 70, extended.ExpiresAt), (stored.Granted.Nanos, stored.Left.Nanos, stored.Deadline));
        foreach (var node in All) await Engine.KillAsync(node);
        await AssertHeldAsync(70);
    }

    [Fact]
    public async Task Extend_OfADurableHoldWhoseNodesCameIntoMemoryAnew_StoresIt()
    {
        // The fence is for what grants from old memory: the nodes that grant now are the registered ones.
        var held = await Engine.HoldAsync(Leaf, 40);
        foreach (var node in All) await Engine.KillAsync(node);

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, amount: 70)).Reason);

        Assert.Equal(70, Assert.Single(await StoredAsync(Root)).Left.Nanos);
        await AssertHeldAsync(70);
    }

    [Fact]
    public async Task Extend_AfterTheBudgetBecameDurable_StoresTheHold()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100));
        var held = await Engine.HoldAsync(Leaf, 40);
        await AssertStoredAsync(0);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100, durable: true));

        await Engine.ExtendAsync(held, amount: 50);

        Assert.Equal(50, Assert.Single(await StoredAsync(Root)).Left.Nanos);
        await Engine.SettleAsync(held, 50);
        await AssertStoredAsync(0);
    }

    [Fact]
    public async Task Reserve_WhileWritesFail_IsDeniedAtOnce()
    {
        // Every durable_holds budget behaves as in an outage at once, before the lease has run out.
        Faults.BreakWrites();
        _ = Engine.PostAsync("ops", 1);
        await Eventually.HoldsAsync("the writer has noticed", () => Engine.Health.WritesFail);

        Assert.Equal(DenialReason.LedgerUnavailable, (await Engine.AskAsync(Leaf, 40)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("ops", 40)).Reason);
        await AssertHeldAsync(40, 0, 0);
    }

    [Fact]
    public async Task Reserve_WhosePutFails_IsDeniedAndStaysNowhere()
    {
        var gate = Faults.HoldCommits();
        var ask = Engine.AskAsync(Leaf, 40);
        await gate.Entered.Within("the put of the hold");

        Engine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(DenialReason.LedgerUnavailable, (await ask).Reason);
        await AssertHeldAsync(0);

        // It commits after all: the end goes after it.
        gate.Open();
        await Eventually.HoldsAsync("the end of the hold is sent", () => Faults.Commits.Count == 2);
        await Engine.PostAsync("ops", 1);
        await AssertStoredAsync(0);
        foreach (var node in All) await Engine.KillAsync(node);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Reserve_WhosePutFails_StaysNowhere_HoweverLongTheOutage()
    {
        // The clean-up is never given up: else the hold of a denied check would come back with the next activation.
        var gate = Faults.HoldCommits();
        var ask = Engine.AskAsync(Leaf, Engine.Check(Leaf, 40, ttl: TimeSpan.FromHours(1)));
        await gate.Entered.Within("the put of the hold");
        Engine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(DenialReason.LedgerUnavailable, (await ask).Reason);

        Engine.Advance(Engine.Options.PostDeadline * 2);
        gate.Open();
        await Engine.PostAsync("ops", 1).Within("a commit after the outage");

        await AssertStoredAsync(0);
    }

    [Fact]
    public async Task Extend_WhosePutFails_LeavesTheHoldAsItWas_InTheLedgerToo()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        var before = await Engine.ViewsAsync(All);
        var gate = Faults.HoldCommits();
        var extend = Engine.ExtendAsync(held, ttl: TimeSpan.FromHours(1), amount: 90);
        await gate.Entered.Within("the put of the hold");

        Engine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((DenialReason.LedgerUnavailable, 40), ((await extend).Reason, (await extend).Granted));
        Assert.Equal(before, await Engine.ViewsAsync(All));

        // The put commits after all; what is stored must follow the refusal.
        gate.Open();
        await Engine.PostAsync("ops", 1);
        await Eventually.HoldsAsync("the stored hold is as it was", async () => (await StoredAsync(Root)).Single().Left.Nanos == 40);
        var stored = Assert.Single(await StoredAsync(Root));
        Assert.Equal((40, held.Reply.ExpiresAt), (stored.Granted.Nanos, stored.Deadline));
    }

    [Fact]
    public async Task Release_WhoseEndCannotBeWritten_IsUnavailableAndHeldStill()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        var gate = Faults.HoldCommits();
        var other = Engine.PostAsync("ops", 1);
        await gate.Entered.Within("another commit is under way");
        var release = Engine.ReleaseAsync(held);
        await Eventually.HoldsAsync("the end of the hold waits", () => Engine.Writer.PendingRecords == 1);

        Engine.Advance(Engine.Options.PostDeadline);
        Assert.True((await release).Unavailable);
        await AssertHeldAsync(40);
        gate.Open();
        await other;
        Assert.Equal(ReservationState.Released, (await Engine.ReleaseAsync(held)).State);
        await AssertStoredAsync(0);
    }

    [Fact]
    public async Task Reserve_WithAShortTimeAndASlowPut_DoesNotBreakTheOwner()
    {
        // A partial grant levels the owner's hold, whose deadline must not run while the decision is under way.
        await Engine.PutBudgetAsync(Root, Budgets.Daily(30));
        var gate = Faults.HoldCommits();
        var ask = Engine.AskAsync(Leaf, Engine.Check(Leaf, 40, "short", ttl: TimeSpan.FromSeconds(1)) with { MinAmount = 1 });
        await gate.Entered.Within("the put of the hold");
        Engine.Advance(TimeSpan.FromMilliseconds(1_500));
        Assert.Equal(30, await Engine.HeldAsync(Leaf));
        gate.Open();

        Assert.Equal(DenialReason.None, (await ask).Reason);
        // Its time has passed meanwhile: the first command finds it expired, and the id is free again.
        Assert.Equal(0, await Engine.HeldAsync(Leaf));
        Engine.Advance(Account.AncestorGrace);
        await Engine.HoldAsync(Leaf, Engine.Check(Leaf, 30, "short"));
    }

    /// <summary>What owners have stored; an ancestor that leaves memory among several processes stores what it holds besides.</summary>
    private async Task<IReadOnlyList<DurableHold>> StoredAsync(string below) =>
        [.. (await Engine.Store.Nodes.ReadNodesAsync([Engine.PathOf(below)], Engine.Today, Clock.Now, CancellationToken.None))[0].Holds.Where(h => h.Nodes.Contains(h.Owner))];

    private async Task AssertStoredAsync(int count)
    {
        foreach (var node in All) Assert.Equal(count, (await StoredAsync(node)).Count);
    }
}
