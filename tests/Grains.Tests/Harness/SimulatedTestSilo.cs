using BudgetEngine.Grains.Alerts;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.SimulatedSilo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.Streams;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>The simulated silo with threads; one per engine.</summary>
internal sealed class SimulatedTestSilo : TestSilo
{
    private readonly InProcessSilo _silo;
    private readonly ActiveNodes _active;

    public SimulatedTestSilo(CostCenterServices services, NotifierServices notifiers)
    {
        _active = services.ActiveNodes;
        var provider = new ServiceCollection().AddSingleton(services).AddSingleton(notifiers)
            .AddKeyedSingleton<IGrainStorage>(AlertStreams.StateStorage, new InMemoryGrainStorage()).BuildServiceProvider();
        _silo = new InProcessSilo(provider, new SimulatedSiloOptions().AddGrains(typeof(CostCenterGrain).Assembly).AddMemoryStreams(AlertStreams.Provider), new ThreadScheduler());
    }

    public override IGrainFactory Grains => _silo;

    public override IStreamProvider Streams(string name) => _silo.Streams(name);

    public override Task KillAsync(string key)
    {
        _silo.Kill(Grain(key));
        // In a real process an activation does not die alone, so nobody else takes it out of there.
        _active.Remove(_active.Find(key));
        return Task.CompletedTask;
    }

    public override Task DeactivateAsync(string key) => _silo.DeactivateAsync(Grain(key));

    public override Task StopAsync() => _silo.StopAsync();
}
