using BudgetEngine.LocalSilo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace BudgetEngine.Grains.Tests;

/// <summary>LocalSilo with threads; one silo per engine.</summary>
internal sealed class TestSilo
{
    private readonly InProcessSilo _silo;

    private TestSilo(CostCenterServices services)
    {
        var provider = new ServiceCollection().AddSingleton(services).BuildServiceProvider();
        _silo = new InProcessSilo(provider, new LocalSiloOptions().AddGrains(typeof(CostCenterGrain).Assembly));
    }

    /// <summary>One process with the exclusive lock: nodes have no epochs.</summary>
    public static string? Process => null;

    public IGrainFactory Grains => _silo;

    /// <summary>A crash can be played: the activation ends without a last word.</summary>
    public static bool CanCrash => true;

    public static Task<TestSilo> StartAsync(CostCenterServices services, bool ownSilo) => Task.FromResult(new TestSilo(services));

    public Task KillAsync(IAddressable grain)
    {
        _silo.Kill(grain);
        return Task.CompletedTask;
    }

    public Task StopAsync() => _silo.StopAsync();
}
