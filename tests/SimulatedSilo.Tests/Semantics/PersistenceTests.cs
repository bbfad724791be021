using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class PersistenceTests(SiloFixture silo) : SemanticTest(silo)
{
    [Fact]
    public async Task State_Written_IsThereBeforeTheNextActivationBegins()
    {
        var grain = Grains.GetGrain<IStateGrain>(NewKey());

        Assert.Equal(1, await grain.AddAndEnd());
        Assert.Equal(2, await grain.AddAndEnd());
        Assert.Equal((2, true), await grain.Look());
    }

    [Fact]
    public async Task State_Cleared_IsNewAndNotStored()
    {
        var grain = Grains.GetGrain<IStateGrain>(NewKey());
        await grain.AddAndEnd();
        await grain.Clear();

        Assert.Equal((0, false), await grain.Look());
    }
}
