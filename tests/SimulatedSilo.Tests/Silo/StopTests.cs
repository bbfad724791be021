using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.SimulatedSilo.Tests.Semantics;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

public sealed class StopTests
{
    private readonly string _key = Silos.NewKey();

    [Fact]
    public async Task Stop_EndsAllActivations()
    {
        var silo = Silos.OnThreads();
        for (var i = 0; i < 100; i++) await silo.Worker($"{_key}{i}").Count();

        await silo.StopAsync();

        Assert.Equal(0, silo.ActivationCount);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(["activated", "ShuttingDown"], Journal.Of($"{_key}{i}").Entries));
    }

    [Fact]
    public async Task Call_AfterTheStop_FindsTheSiloUnavailable()
    {
        var silo = Silos.OnThreads();
        await silo.StopAsync();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => silo.Worker(_key).Count());
    }

    [Fact]
    public async Task Stop_WithACallThatNeverEnds_GivesUpWhenToldTo()
    {
        var silo = Silos.OnThreads();
        var call = silo.Worker(_key).WaitFor(_key);
        await Journal.Of(_key).Has("waits");
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silo.StopAsync(patience.Token));

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
    }

    [Fact]
    public void Stop_WithOnDeactivateAsyncThatNeverEnds_WaitsThirtySeconds()
    {
        var simulation = new SimulationScheduler(1);
        var silo = Silos.In(simulation);
        var start = simulation.Time.GetUtcNow();

        simulation.Run(async () =>
        {
            await silo.Worker("endless" + _key).Count();
            await silo.StopAsync();
        });

        Assert.Equal(TimeSpan.FromSeconds(30), simulation.Time.GetUtcNow() - start);
        Assert.Equal(0, silo.ActivationCount);
    }

    [Fact]
    public void GetGrain_OfAnUnknownInterface_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Silos.OnThreads().GetGrain<Semantics.Grains.IProbeGrain>("a"));
    }
}
