using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class SchedulerTests(SiloFixture silo) : SemanticTest(silo)
{
    [Fact]
    public async Task Await_InAGrain_ResumesOnTheSchedulerOfTheActivation()
    {
        var grain = Grains.GetGrain<IReentrantProbeGrain>(NewKey());
        var first = await grain.Schedulers();
        var second = await grain.Schedulers();

        Assert.Equal(first.Before, first.After);
        Assert.Equal(first, second);
        Assert.NotEqual(first.Default, first.Before);
    }

    [Fact]
    public async Task Activations_OfTwoGrains_HaveTheirOwnSchedulers()
    {
        var one = await Grains.GetGrain<IReentrantProbeGrain>(NewKey()).Schedulers();
        var other = await Grains.GetGrain<IReentrantProbeGrain>(NewKey()).Schedulers();

        Assert.NotEqual(one.Before, other.Before);
    }

    [Fact]
    public async Task Turns_OfOneActivation_NeverRunAtOnce()
    {
        var grain = Grains.GetGrain<ITurnGrain>(NewKey());

        var overlaps = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => grain.Turns(50))));

        Assert.All(overlaps, count => Assert.Equal(0, count));
    }
}
