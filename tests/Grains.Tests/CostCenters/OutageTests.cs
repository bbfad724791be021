using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>Section 7: without a running lease nothing is granted from memory.</summary>
public sealed class OutageTests : EngineTest
{
    [Fact]
    public async Task Reserve_WithinTheGrace_GoesOnFromMemory()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        Faults.BreakWrites();
        Clock.Advance(Engine.Options.OutageGrace - TimeSpan.FromTicks(1));

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 40)).Reason);
    }

    [Theory]
    [InlineData(Leaf)]
    [InlineData(Root)]
    public async Task Reserve_WithoutALease_UnderAHardLimit_IsDeniedAndHoldsNothing(string limited)
    {
        await Engine.PutBudgetAsync(limited, Budgets.Daily(100));
        await Engine.HoldAsync(Leaf, 1);
        Engine.LoseLease();
        var before = await Engine.ViewsAsync(All);

        Assert.Equal(DenialReason.LedgerUnavailable, (await Engine.AskAsync(Leaf, 40)).Reason);
        Assert.Equal(DenialReason.LedgerUnavailable, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 40) with { DryRun = true })).Reason);
        Assert.Equal(before, await Engine.ViewsAsync(All));

        Engine.RegainLease();
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 40)).Reason);
    }

    [Fact]
    public async Task Reserve_WithoutALease_UnderASoftLimit_IsDegradedAndHoldsNothing()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(10, soft: true));
        await Engine.AskAsync(Leaf, 1);
        Engine.LoseLease();

        var reply = await Engine.AskAsync(Leaf, 40);

        Assert.Equal((DenialReason.None, true, 0L, 40L), (reply.Reason, reply.Degraded, reply.Attempt, reply.Granted));
        await AssertHeldAsync(1);
    }

    [Fact]
    public async Task Reserve_WithoutALease_WhereAllowed_IsDegradedUpToTheLimit()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(1));
        await Engine.AskAsync(Leaf, 1);
        Engine.LoseLease();
        ReserveRequest Ask() => Engine.Check(Leaf, 40) with { OutageAllow = true, OutageLimit = 100, OutageNode = Engine.Tenant };

        // Without a lease lack of budget is not known: the rule for outages decides.
        foreach (var _ in new[] { 1, 2 })
        {
            var allowed = await Engine.AskAsync(Leaf, Ask());
            Assert.Equal((DenialReason.None, true, 0L), (allowed.Reason, allowed.Degraded, allowed.Attempt));
        }

        var beyond = await Engine.AskAsync(Leaf, Ask());
        Assert.Equal((DenialReason.LedgerUnavailable, false), (beyond.Reason, beyond.Degraded));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Ask() with { Amount = 20, Key = Guid.NewGuid() })).Reason);
        await AssertHeldAsync(1);
        Engine.RegainLease();
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Ask())).Reason);
    }

    [Fact]
    public async Task DryRun_WithoutALease_WhereAllowed_IsBoundByTheLimitAndTakesNothingOfIt()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(1));
        await Engine.AskAsync(Leaf, 1);
        Engine.LoseLease();
        ReserveRequest Ask(bool dryRun) => Engine.Check(Leaf, 60) with { OutageAllow = true, OutageLimit = 100, OutageNode = Engine.Tenant, DryRun = dryRun };

        foreach (var _ in new[] { 1, 2, 3 }) Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Ask(dryRun: true))).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Ask(dryRun: false))).Reason);
        Assert.Equal(DenialReason.LedgerUnavailable, (await Engine.AskAsync(Leaf, Ask(dryRun: true))).Reason);
    }

    [Fact]
    public async Task Reserve_WithoutALease_WherePaused_IsDeniedAsPaused()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(10, soft: true));
        await Engine.Store.Pauses.PutPauseAsync(new Pause(Engine.Tenant, null, null, null, null, "test", Clock.Now), Engine.Admin(), CancellationToken.None);
        await Engine.RefreshAsync(Root);
        await Engine.AskAsync(Leaf, 1);
        Engine.LoseLease();

        Assert.Equal(DenialReason.Paused, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1) with { OutageAllow = true })).Reason);
    }

    [Fact]
    public async Task Reserve_WhereAnAncestorIsNotInMemoryAndCannotBeRead_IsDeniedWhateverItsPolicy()
    {
        await Engine.ViewAsync(Leaf);
        await Engine.ViewAsync(Middle);
        Faults.BreakReads();

        var denied = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1) with { OutageAllow = true });

        Assert.Equal((DenialReason.LedgerUnavailable, false), (denied.Reason, denied.Degraded));
        Faults.Heal();
        await ReadableAsync(Root);
        await AssertHeldAsync(0);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Reserve_WhereTheOwnerIsNotInMemoryAndCannotBeRead_FailsAndHoldsNothing()
    {
        await Engine.ViewAsync(Root);
        Faults.BreakReads();

        await Assert.ThrowsAnyAsync<Exception>(() => Engine.AskAsync(Leaf, 1));

        Faults.Heal();
        await ReadableAsync(Leaf);
        await AssertHeldAsync(0);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Reserve_WhereAnAncestorAnswersTooLate_IsDeniedAndNothingStaysThere()
    {
        // If one does not answer in time, the owner releases at every node that it asked, that one included; what arrives later is refused.
        await Engine.PutBudgetAsync(Root, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(1_000)));
        var slow = Faults.NewGate();
        Faults.BeforeRead = read => read.StartsWith("user", StringComparison.Ordinal) ? slow.PassAsync() : Task.CompletedTask;
        var ask = Engine.AskAsync(Leaf, 40);
        await slow.Entered.Within("the root reads the user's account");
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(2)).Within("the owner waits for the root");

        Engine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(DenialReason.LedgerUnavailable, (await ask).Reason);
        slow.Open();
        Faults.Heal();

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
        await AssertHeldAsync(1);
    }

    [Fact]
    public async Task Settle_WithoutALease_IsBookedAsSoonAsTheLedgerCan()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.LoseLease();

        Assert.Equal((PostOutcome.Recorded, 0), ((await Engine.SettleAsync(held, 25)).Outcome, 0));
        await AssertSpentAsync(25);
    }

    [Fact]
    public async Task Extend_WithoutALease_TakesTimeButNoAmount()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var held = await Engine.HoldAsync(Leaf, 40);
        Engine.LoseLease();

        Assert.Equal(DenialReason.LedgerUnavailable, (await Engine.ExtendAsync(held, amount: 50)).Reason);
        await AssertHeldAsync(40);
        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, ttl: TimeSpan.FromMinutes(5))).Reason);
    }

    /// <summary>What reaches a node while its reading fails, fails with it: the owner's own end of what it asked may be such a call, and so may the test's next one.</summary>
    private Task ReadableAsync(string node) => Eventually.HoldsAsync($"{node} is read", async () => await Record.ExceptionAsync(() => Engine.ViewAsync(node)) is null);
}
