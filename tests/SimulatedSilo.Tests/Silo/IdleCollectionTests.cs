using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.SimulatedSilo.Tests.Semantics;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

public sealed class IdleCollectionTests
{
    private readonly SimulationScheduler _simulation = new(1);
    private readonly string _key = Silos.NewKey();

    [Fact]
    public void Activation_NotUsedForTheIdleAge_Ends()
    {
        var silo = Silos.In(_simulation);
        _simulation.Run(async () =>
        {
            await silo.Worker(_key).Count();
            await Pass(TimeSpan.FromSeconds(119));
            Assert.Equal(1, silo.ActivationCount);
            await Pass(TimeSpan.FromSeconds(61));
            Assert.Equal(0, silo.ActivationCount);
        });

        Assert.Equal(["activated", "ActivationIdle"], Journal.Of(_key).Entries);
    }

    [Fact]
    public void Activation_InUse_Stays()
    {
        var silo = Silos.In(_simulation);
        _simulation.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await silo.Worker(_key).Count();
                await Pass(TimeSpan.FromMinutes(1));
            }
        });

        Assert.Equal(1, silo.ActivationCount);
    }

    [Fact]
    public void DelayDeactivation_ForAWhile_KeepsTheActivationThatLong()
    {
        var silo = Silos.In(_simulation);
        _simulation.Run(async () =>
        {
            await silo.Worker(_key).KeepAlive(TimeSpan.FromHours(1));
            await Pass(TimeSpan.FromMinutes(59));
            Assert.Equal(1, silo.ActivationCount);
            await Pass(TimeSpan.FromMinutes(2));
            Assert.Equal(0, silo.ActivationCount);
        });
    }

    [Fact]
    public void DelayDeactivation_Withdrawn_LetsTheActivationEnd()
    {
        var silo = Silos.In(_simulation);
        _simulation.Run(async () =>
        {
            await silo.Worker(_key).KeepAlive(Timeout.InfiniteTimeSpan);
            await silo.Worker(_key).KeepAlive(TimeSpan.Zero);
            await Pass(TimeSpan.FromMinutes(4));
        });

        Assert.Equal(0, silo.ActivationCount);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Timer_OfAnUnusedActivation_KeepsItOnlyIfAskedTo(bool keepAlive, int left)
    {
        var silo = Silos.In(_simulation);
        _simulation.Run(async () =>
        {
            await silo.Worker(_key).Tick(TimeSpan.FromSeconds(5), keepAlive);
            await Pass(TimeSpan.FromMinutes(10));
        });

        Assert.Equal(left, silo.ActivationCount);
    }

    [Fact]
    public void Activations_BeyondTheLimit_EndOldestFirst()
    {
        var silo = Silos.In(_simulation, options => options.MaxActivations = 2);
        _simulation.Run(async () =>
        {
            foreach (var key in new[] { "a", "b", "c", "d" })
            {
                await silo.Worker(_key + key).Count();
                await Pass(TimeSpan.FromSeconds(31));
            }
        });

        Assert.Equal(2, silo.ActivationCount);
        Assert.Equal(["activated", "HighMemoryPressure"], Journal.Of(_key + "a").Entries);
        Assert.Equal(["activated"], Journal.Of(_key + "d").Entries);
    }

    private Task Pass(TimeSpan span) => Task.Delay(span, _simulation.Time);
}
