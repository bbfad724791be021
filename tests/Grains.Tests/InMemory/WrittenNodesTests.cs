using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.InMemory;

/// <summary>What was set by somebody who could not tell the cost center.</summary>
public sealed class WrittenNodesTests : EngineTest
{
    [Fact]
    public async Task Limit_SetWhileTheCostCenterIsRead_IsInForceWithTheFirstDecision()
    {
        // Found by the simulation (seed 920742): a slow ledger, and a writer that died. What is on its way into memory longer than two looks was never looked at.
        var written = new WrittenNodes(Engine.Store.Catalogs, Engine.Services.ActiveNodes, Clock);
        await written.FollowAsync(CancellationToken.None);
        var slow = Faults.NewGate();
        Faults.AfterRead = _ => slow.PassAsync();
        var asked = Engine.AskAsync(Leaf, 40);
        await slow.Entered.Within("the cost center is read");
        await Engine.Store.Budgets.PutBudgetAsync(Engine.PathOf(Leaf), null, Budgets.Daily(30), null, BudgetPrecondition.None, Engine.Admin(), CancellationToken.None);
        for (var look = 0; look < 3; look++) await written.FollowAsync(CancellationToken.None);
        Faults.AfterRead = null;
        slow.Open();

        Assert.Equal(DenialReason.BudgetExceeded, (await asked).Reason);
    }
}
