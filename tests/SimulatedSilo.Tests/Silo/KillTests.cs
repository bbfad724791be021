using BudgetEngine.SimulatedSilo.Tests.Semantics;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

public sealed class KillTests
{
    private readonly string _key = Silos.NewKey();

    [Fact]
    public async Task Kill_OfAGrain_LosesItsCallsAndSkipsOnDeactivateAsync()
    {
        await using var silo = Silos.OnThreads();
        var call = silo.Worker(_key).WaitFor(_key);
        await Journal.Of(_key).Has("waits");

        silo.Kill(silo.Worker(_key));

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
        Gate.Open(_key);
        Assert.Equal(1, await silo.Worker(_key).Count());
        Assert.Equal(["activated", "waits", "activated"], Journal.Of(_key).Entries);
    }

    [Fact]
    public async Task KillAll_WithManyGrains_StartsThemAnew()
    {
        await using var silo = Silos.OnThreads();
        var keys = Enumerable.Range(0, 100).Select(i => $"{_key}{i}").ToList();
        await Task.WhenAll(keys.Select(key => silo.Worker(key).Count()));

        silo.KillAll();
        Assert.Equal(0, silo.ActivationCount);

        Assert.All(await Task.WhenAll(keys.Select(key => silo.Worker(key).Count())), count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Kill_OfAGrainWithATimer_StopsIt()
    {
        await using var silo = Silos.OnThreads();
        await silo.Worker(_key).Tick(TimeSpan.FromMilliseconds(1), keepAlive: false);
        silo.Kill(silo.Worker(_key));

        Assert.Equal(1, await silo.Worker(_key).Count());
    }
}
