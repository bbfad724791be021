using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.SimulatedSilo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

/// <summary>The simulated silo with threads and real time.</summary>
public sealed class SimulatedSiloOnThreads : SiloFixture
{
    private InProcessSilo? _silo;

    public override IGrainFactory Grains => _silo!;

    public override Task InitializeAsync()
    {
        var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton<IGrainStorage, InMemoryGrainStorage>().BuildServiceProvider();
        var options = new SimulatedSiloOptions { ResponseTimeout = ResponseTimeout };
        _silo = new(services, options.AddGrains(typeof(SimulatedSiloOnThreads).Assembly).AddMemoryStreams(StreamProvider), new ThreadScheduler());
        return Task.CompletedTask;
    }

    public override async Task DisposeAsync() => await _silo!.DisposeAsync();
}
