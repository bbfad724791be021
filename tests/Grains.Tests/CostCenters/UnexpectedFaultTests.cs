using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>An exception that nobody expects, while a command on a reservation is under way: the cost center is read again from the ledger, and nothing is held for ever.</summary>
public sealed class UnexpectedFaultTests : EngineTest
{
    protected override void Configure(LedgerWriterOptions options) => options.PostDeadline = TimeSpan.FromHours(1);

    [Fact]
    public async Task Settle_WhoseOutcomeCannotBeApplied_LeavesNothingSettling()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        var other = await Engine.HoldAsync(Leaf, 7);
        var gate = Faults.HoldCommits();
        var settle = Engine.SettleAsync(held, 25);
        await gate.Entered.Within("the commit of the settle");
        var release = Engine.ReleaseAsync(held);
        FailOnceIn("Posting.ApplyAsync");

        gate.Open();

        await Assert.ThrowsAnyAsync<Exception>(() => settle);
        await Assert.ThrowsAnyAsync<Exception>(() => release);
        await Eventually.HoldsAsync("the cost center is read again", async () => (await Engine.FindAsync(held)).State == ReservationState.Forgotten);
        Assert.Null((await Engine.ViewAsync(Leaf)).Broken);
        // What was committed counts, and what had nothing to do with it was handed over.
        await AssertSpentAsync(25);
        await AssertHeldAsync(7);
        Assert.Equal(ReservationState.Released, (await Engine.ReleaseAsync(other)).State);
        await AssertHeldAsync(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_ThatFailsBetweenItsNodes_IsNotGrantedAndLapses(bool extends)
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var held = extends ? await Engine.HoldAsync(Leaf, 10) : null;
        FailOnceIn(extends ? "Extension.RunAsync" : "ReservationCommands.DecideAsync");

        await Assert.ThrowsAnyAsync<Exception>(() => held is null ? Engine.AskAsync(Leaf, 40) : Engine.ExtendAsync(held, amount: 40));
        Assert.Equal(1, Engine.Services.Faults.Count);

        await Eventually.HoldsAsync("the cost center is read again", async () => await Engine.HeldAsync(Leaf) == 0);
        Engine.Advance(Commands.Ttl + Account.AncestorGrace);
        await AssertHeldAsync(0);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 100)).Reason);
    }

    [Fact]
    public async Task Release_ThatFailsAfterTheLedgerHasIt_LeavesNothingHeld()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100, durable: true));
        var held = await Engine.HoldAsync(Leaf, 40);
        // It looks for the reservation, then decides, then has the answer of the ledger.
        FailOnceIn("ReservationCommands.ReleaseAsync", after: 2);

        await Assert.ThrowsAnyAsync<Exception>(() => Engine.ReleaseAsync(held));

        await Eventually.HoldsAsync("the cost center is read again", async () => await Engine.HeldAsync(Leaf) == 0);
        Assert.Equal(ReservationState.Forgotten, (await Engine.ReleaseAsync(held)).State);
        await AssertHeldAsync(0);
    }

    /// <summary>The clock throws, once, when this method of the owner looks at it; not when it is looked at by a call that the method makes.</summary>
    private void FailOnceIn(string method, int after = 0)
    {
        var looks = 0;
        Clock.OnLook = () =>
        {
            var stack = Environment.StackTrace;
            var at = stack.IndexOf($"BudgetEngine.Grains.CostCenters.{method}", StringComparison.Ordinal);
            // What stands before it in the stack is what it has called.
            if (at < 0 || stack[..at].Contains(nameof(DirectCalls), StringComparison.Ordinal)) return;
            if (Interlocked.Increment(ref looks) == after + 1) throw new InvalidOperationException("The test broke the clock.");
        };
    }
}
