using System.Reflection;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.LocalSilo.Hosting;
using BudgetEngine.LocalSilo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Streams;

namespace BudgetEngine.Grains.Tests;

/// <summary>LocalSilo with threads; one silo per engine.</summary>
internal sealed class TestSilo
{
    private readonly InProcessSilo _silo;

    private TestSilo(CostCenterServices services, NotifierServices notifiers)
    {
        var provider = new ServiceCollection().AddSingleton(services).AddSingleton(notifiers)
            .AddKeyedSingleton<ILocalGrainStorage>(AlertStreams.StateStorage, new MemoryGrainStorage()).BuildServiceProvider();
        _silo = new InProcessSilo(provider, new LocalSiloOptions().AddGrains(typeof(CostCenterGrain).Assembly).AddMemoryStreams(AlertStreams.Provider));
    }

    /// <summary>One process with the exclusive lock: nodes have no epochs.</summary>
    public static string? Process => null;

    public IGrainFactory Grains => _silo;

    /// <summary>A crash can be played: the activation ends without a last word.</summary>
    public static bool CanCrash => true;

    public static Task<TestSilo> StartAsync(CostCenterServices services, NotifierServices notifiers, bool ownSilo) =>
        Task.FromResult(new TestSilo(services, notifiers));

    public IStreamProvider Streams(string name) => _silo.Streams(name);

    public Task KillAsync(string key)
    {
        _silo.Kill(_silo.GetGrain<ICostCenterGrain>(key));
        return Task.CompletedTask;
    }

    /// <summary>In good order; calls go to the next activation from here on.</summary>
    public async Task DeactivateAsync(string key)
    {
        // The silo has no way in for a single one; only tests want it.
        var all = typeof(InProcessSilo).GetProperty("Activations", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(_silo);
        var activation = ((IEnumerable<IGrainContext>)all!).Single(a => a.ToString() == $"{typeof(CostCenterGrain)}/{key}");
        activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "A test asked for it."));
        await Facts.Until(() => Task.FromResult(!((IEnumerable<IGrainContext>)all!).Contains(activation)), $"the end of the activation of {key}");
    }

    public Task StopAsync() => _silo.StopAsync();
}
