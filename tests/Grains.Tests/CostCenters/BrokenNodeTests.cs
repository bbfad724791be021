using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>"A grain whose state breaks an invariant stops allowing until it has been reloaded from the ledger."</summary>
public sealed class BrokenNodeTests : EngineTest
{
    [Theory]
    [InlineData(Leaf)]
    [InlineData(Root)]
    public async Task Node_WhoseHoldsAreBroken_IsReloadedFromTheLedger(string broken)
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        await Engine.PostAsync(Leaf, 60);
        var held = await Engine.HoldAsync(Leaf, 10);
        var corrupt = new NotifiedHold(held.Key, held.Reply.Attempt, held.Reply.Attempt + 1, -1_000, Clock.Now.AddMinutes(1));

        await Engine.Node(broken).Notify(new CommitNotification([], [corrupt]));

        // Not a single check is decided from the broken memory: the room that it pretends to have is not granted.
        Assert.NotEqual(DenialReason.None, (await Engine.AskAsync(Leaf, 41)).Reason);
        await Eventually.HoldsAsync("the node is reloaded", async () => (await Engine.ViewAsync(broken)).Broken is null);
        Assert.Equal((60, 0), (await Engine.SpentAsync(broken), await Engine.HeldAsync(broken)));
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 41)).Reason);
        // The broken memory was not handed over to the ledger.
        Assert.Empty((await Engine.Store.Nodes.ReadNodesAsync([Engine.PathOf(broken)], Engine.Today, Clock.Now, CancellationToken.None))[0].Holds);
    }

    [Fact]
    public async Task Node_ThatIsBrokenInTheLedgerToo_AllowsNothingUntilAPersonClearsIt()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100, durable: true));
        await Engine.HoldAsync(Leaf, 10);
        await Engine.DeactivateAsync(Root);
        var reads = 0;
        Faults.BeforeRead = read => Task.FromResult(reads += read == $"node {Engine.Tenant}" ? 1 : 0);
        Faults.Falsify = state => state with { Holds = [.. state.Holds.Select(h => h with { Left = new Money(-1) })] };

        // Named, and not read again and again.
        foreach (var _ in new[] { 1, 2, 3 }) Assert.Equal(DenialReason.LedgerUnavailable, (await Engine.AskAsync(Leaf, 1)).Reason);
        Assert.Contains("negative", (await Engine.ViewAsync(Root)).Broken, StringComparison.Ordinal);
        Assert.Equal(1, reads);
        Assert.Equal(PostOutcome.Recorded, (await Engine.PostAsync(Leaf, 5)).Outcome);

        Faults.Heal();
        Faults.Falsify = null;
        await Engine.RefreshAsync(Root);

        await Eventually.HoldsAsync("the node is read again", async () => (await Engine.ViewAsync(Root)).Broken is null);
        Assert.Equal((10, 5), (await Engine.HeldAsync(Root), await Engine.SpentAsync(Root)));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
    }
}
