using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.InMemory;

/// <summary>What is shown of the cost centers in memory.</summary>
public sealed class ActiveNodesTests : EngineTest
{
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(10);

    private ActiveNodes ActiveNodes => Engine.Services.ActiveNodes;

    // Of a silo of its own, so that no other engine's cost centers are among them.
    protected override bool OwnSilo => true;

    [Fact]
    public async Task Figures_OfLimitedNodesOnly_AreThoseOfTheCurrentWindow()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Of(Budgets.Limits(daily: 100, total: 1_000)));
        await Engine.PostAsync(Leaf, 30);
        await Engine.HoldAsync(Leaf, 20);

        var figures = await ReadAsync();

        Assert.Equal([Period.Daily, Period.Total], figures.Select(f => f.Period).Order());
        var daily = figures.Single(f => f.Period == Period.Daily);
        Assert.Equal((Engine.PathOf(Root), 100, 30, 20), (daily.CostCenter, daily.Limit.Nanos, daily.Spent.Nanos, daily.Held.Nanos));
        Assert.Equal((Engine.Today, TimeSpan.FromDays(1)), (DateOnly.FromDateTime(daily.StartsAt.UtcDateTime), daily.EndsAt - daily.StartsAt));
        Assert.Null(figures.Single(f => f.Period == Period.Total).EndsAt);
        Assert.Equal(1, ActiveNodes.OpenReservations);
    }

    [Fact]
    public async Task Figures_InANewWindow_AreThatWindows()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        await Engine.PostAsync(Leaf, 30);
        await ReadAsync();

        Engine.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, Assert.Single(await ReadAsync()).Spent.Nanos);
    }

    [Fact]
    public async Task Nodes_ThatNobodyAsks_LeaveMemory_ThoseThatAreAskedByDirectTurnsStay()
    {
        // What is above the leaf is asked by direct turns only.
        await Engine.HoldAsync(Leaf, 1);
        var activated = ActiveNodes.Activated;
        for (var i = 0; i < 4; i++)
        {
            Engine.Advance(Engine.Services.IdleAfter / 2);
            ActiveNodes.EndIdle(Clock);
            await Engine.HoldAsync(Leaf, 1);
        }

        Assert.Equal(activated, ActiveNodes.Activated);
        Engine.Advance(2 * Engine.Services.IdleAfter);
        ActiveNodes.EndIdle(Clock);
        await Eventually.HoldsAsync("all have left memory", () => ActiveNodes.Count == 0);
    }

    [Fact]
    public async Task Nodes_ThatHold_StayHoweverLongNobodyAsks()
    {
        var idle = Engine.Services.IdleAfter;
        await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1, ttl: 3 * idle));
        var activated = ActiveNodes.Activated;

        Engine.Advance(2 * idle);
        ActiveNodes.EndIdle(Clock);
        await Engine.HoldAsync(Leaf, 1);

        Assert.Equal(activated, ActiveNodes.Activated);
    }

    [Fact]
    public async Task Node_ThatLeavesMemory_IsShownNoMore()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        await Engine.PostAsync(Root, 30);
        Assert.Equal(1, ActiveNodes.Count);

        await Engine.DeactivateAsync(Root);

        await Eventually.HoldsAsync("the node has left memory", () => ActiveNodes.Count == 0);
        Assert.Empty(await ReadAsync());
        await Engine.PostAsync(Root, 1);
        Assert.Equal(31, Assert.Single(await ReadAsync()).Spent.Nanos);
        Assert.Equal(2, ActiveNodes.Activated);
    }

    [Fact]
    public async Task Reservation_ThatLapses_IsCountedOnce()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        await Engine.HoldAsync(Leaf, 20, ttl: TimeSpan.FromSeconds(5));
        var settled = await Engine.HoldAsync(Leaf, 20, ttl: TimeSpan.FromSeconds(5));
        await Engine.SettleAsync(settled, 1);

        Engine.Advance(TimeSpan.FromSeconds(6) + Account.AncestorGrace);
        await Engine.ViewAsync(Leaf);
        await Engine.ViewAsync(Root);

        Assert.Equal((1, 0), (ActiveNodes.Expired, ActiveNodes.OpenReservations));
    }

    [Fact]
    public async Task Node_WhoseInvariantsBreak_IsCountedAsBrokenUntilItIsCleared()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100, durable: true));
        await Engine.HoldAsync(Leaf, 10);
        await Engine.DeactivateAsync(Root);
        Faults.Falsify = state => state with { Holds = [.. state.Holds.Select(h => h with { Left = new Money(-1) })] };
        await Engine.AskAsync(Leaf, 1);
        Assert.Equal(1, ActiveNodes.Broken);

        Faults.Falsify = null;
        await Engine.RefreshAsync(Root);

        await Eventually.HoldsAsync("the node is reloaded", async () => (await Engine.ViewAsync(Root)).Broken is null);
        Assert.Equal(0, ActiveNodes.Broken);
    }

    private Task<IReadOnlyList<ActiveNodeFigures>> ReadAsync() => ActiveNodes.ReadAsync(100, _within, TimeProvider.System);
}
