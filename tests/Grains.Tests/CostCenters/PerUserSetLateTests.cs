using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>A default budget for users that comes when one user has had a budget of their own.</summary>
public sealed class PerUserSetLateTests : EngineTest
{
    [Fact]
    public async Task Check_OfAUserWhoWasNotTracked_CountsWhatWasSpentBeforeTheDefault()
    {
        // Found by the simulation (seed 203564): the account of the other user was in memory, with nothing spent.
        await Engine.PutBudgetAsync(Root, Budgets.Daily(1_000));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(500), user: "bob");
        await Engine.PostAsync(Leaf, 40, user: "ann");
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1, user: "ann"))).Reason);

        await Engine.PutBudgetAsync(Root, Budgets.Of(Budgets.Limits(1_000), perUser: Budgets.Limits(50)));

        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 20, user: "ann"))).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 9, user: "ann"))).Reason);
    }
}
