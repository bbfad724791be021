using BudgetEngine.LocalSilo.Hosting;
using BudgetEngine.LocalSilo.Scheduling;
using BudgetEngine.LocalSilo.Tests.Semantics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Streams;

namespace BudgetEngine.LocalSilo.Tests;

public sealed class HostingTests
{
    private readonly string _key = Silos.NewKey();

    [Fact]
    public async Task Host_WhenItStops_EndsAllActivations()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLocalSilo(options => options.AddGrain<IWorkerGrain, WorkerGrain>().AddMemoryStreams("streams"));
        using var host = builder.Build();
        await host.StartAsync();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        Assert.NotNull(host.Services.GetKeyedService<IStreamProvider>("streams"));
        for (var i = 0; i < 100; i++) await grains.GetGrain<IWorkerGrain>($"{_key}{i}").Count();

        await host.StopAsync();

        Assert.Equal(0, host.Services.GetRequiredService<InProcessSilo>().ActivationCount);
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
