using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>One check over the whole path: the owner and its ancestors, three levels.</summary>
public sealed class PathTests : IAsyncLifetime
{
    private const string Root = "";
    private const string Middle = "eng";
    private const string Leaf = "eng/search";
    private Engine _engine = null!;

    public async Task InitializeAsync() => _engine = await Engine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData(Leaf)]
    [InlineData(Middle)]
    [InlineData(Root)]
    public async Task Reserve_WithALimitAtAnyLevel_IsHeldToItExactly(string limited)
    {
        // R1 and R3: every node of the path decides.
        await _engine.PutBudgetAsync(limited, Budgets.Daily(100));
        await _engine.HoldAsync(Leaf, 60);

        var denied = await _engine.AskAsync(Leaf, 41);
        var allowed = await _engine.AskAsync(Leaf, 40);

        Assert.Equal(Denial.BudgetExceeded, denied.Reason);
        Assert.Equal(_engine.PathOf(limited), denied.BlockedBy!.CostCenter);
        Assert.Equal(60, denied.BlockedBy.Held);
        Assert.Equal(Denial.None, allowed.Reason);
        foreach (var node in new[] { Root, Middle, Leaf }) Assert.Equal(100, await _engine.HeldAsync(node));
    }

    [Fact]
    public async Task Reserve_RefusedAtTheRoot_LeavesNoTraceBelow()
    {
        // Invariant 6: refusal is pure.
        await _engine.PutBudgetAsync(Root, Budgets.Daily(100));
        await _engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        await _engine.PutBudgetAsync(Leaf, Budgets.Daily(1_000));
        await _engine.HoldAsync(Leaf, 30);
        var before = await _engine.ViewsAsync(Root, Middle, Leaf);

        var denied = await _engine.AskAsync(Leaf, 71);

        Assert.Equal(Denial.BudgetExceeded, denied.Reason);
        Assert.Equal(before, await _engine.ViewsAsync(Root, Middle, Leaf));
    }

    [Fact]
    public async Task Post_OfARecord_CountsAtTheNodeAndEveryAncestorAtTheAnswer()
    {
        // Invariant 10: read your writes.
        var result = await _engine.PostAsync(Leaf, 42);

        Assert.Equal(Interfaces.Usage.PostOutcome.Recorded, result.Outcome);
        foreach (var node in new[] { Root, Middle, Leaf })
        {
            var view = await _engine.ViewAsync(node);
            Assert.Equal((42, 42, 1), (view.SpentToday, view.SpentMonth, view.RequestsToday));
        }
    }

    [Fact]
    public async Task Settle_BelowTheGrant_GivesTheRestBackEverywhere()
    {
        // R7.
        await _engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var held = await _engine.HoldAsync(Leaf, 100);

        var settled = await _engine.SettleAsync(held, 30);

        Assert.Equal((Interfaces.Usage.PostOutcome.Recorded, 0), (settled.Outcome, settled.Flags));
        foreach (var node in new[] { Root, Middle, Leaf })
        {
            Assert.Equal((30, 0), (await _engine.SpentAsync(node), await _engine.HeldAsync(node)));
        }

        Assert.Equal(HoldState.Settled, (await _engine.FindAsync(held)).State);
    }
}
