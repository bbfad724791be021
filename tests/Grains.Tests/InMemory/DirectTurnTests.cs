using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.InMemory;

/// <summary>Owners ask ancestors of their process by direct turns, which the silo does not see as calls.</summary>
public sealed class DirectTurnTests : EngineTest
{
    /// <summary>One of several processes: only there a node leaves memory with what it holds for others.</summary>
    public override async Task InitializeAsync() => Engine = await Engine.StartAsync(ownSilo: true, process: "a");

    [Fact]
    public async Task Ancestor_ThatIsAskedToLeaveWhileItDecides_HandsOverWhatItGrants()
    {
        // The first ask of a user waits for the user's balance; meanwhile the root is asked to leave memory.
        await Engine.PutBudgetAsync(Root, Budgets.Of(Budgets.Limits(100), perUser: Budgets.Limits(50)));
        foreach (var node in All) await Engine.ViewAsync(node);
        var gate = Faults.NewGate();
        Faults.BeforeRead = what => what.StartsWith("user", StringComparison.Ordinal) ? gate.PassAsync() : Task.CompletedTask;
        var asked = Engine.HoldAsync(Leaf, 40);
        await gate.Entered.Within("the read of the user's balance");

        var left = Engine.DeactivateAsync(Root);
        Faults.Heal();
        gate.Open();

        await asked.Within("the grant");
        await left.Within("the end of the root's activation");
        await AssertHeldAsync(40);
    }

    [Fact]
    public async Task HandOver_OfAnAncestorDuringACheckThatIsRefused_LeavesNothingAtTheNodesAboveTheRefusal()
    {
        // What an ancestor hands over is its own hold: a node further up, which was never asked to hold anything, must not read it for its own.
        await Engine.PutBudgetAsync(Middle, Budgets.Of(Budgets.Limits(10), perUser: Budgets.Limits(50)));
        foreach (var node in All) await Engine.ViewAsync(node);
        var gate = Faults.NewGate();
        Faults.BeforeRead = what => what.StartsWith("user", StringComparison.Ordinal) ? gate.PassAsync() : Task.CompletedTask;
        var asked = Engine.AskAsync($"{Leaf}/deep", 40);
        await gate.Entered.Within("the read of the user's balance");

        await Engine.DeactivateAsync(Leaf);
        await Eventually.HoldsAsync("the parent has left memory", () => Engine.Services.ActiveNodes.Find(Engine.PathOf(Leaf)) is null);
        Assert.Equal(40, await Engine.HeldAsync(Leaf));
        await Engine.DeactivateAsync(Root);
        await Eventually.HoldsAsync("the root has left memory", () => Engine.Services.ActiveNodes.Find(Engine.PathOf(Root)) is null);
        Assert.Equal(0, await Engine.HeldAsync(Root));
        Faults.Heal();
        gate.Open();

        Assert.Equal(DenialReason.BudgetExceeded, (await asked.Within("the denial")).Reason);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Turn_ThatMeetsANodeOnItsWayOut_BecomesACallOfItsNextActivation()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        foreach (var node in All) await Engine.ViewAsync(node);
        var leaving = Engine.Services.ActiveNodes.Find(Engine.PathOf(Root))!;
        await leaving.DrainAsync();

        await Engine.HoldAsync(Leaf, 40).Within("the grant");

        Assert.True(Engine.Services.ActiveNodes.RefusedTurns > 0);
        await AssertHeldAsync(40);
    }
}
