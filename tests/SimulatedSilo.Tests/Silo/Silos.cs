using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

/// <summary>Silos of worker grains.</summary>
internal static class Silos
{
    private static readonly IServiceProvider s_services = new ServiceCollection().BuildServiceProvider();

    public static InProcessSilo OnThreads(Action<SimulatedSiloOptions>? configure = null) => Start(new ThreadScheduler(), configure);

    public static InProcessSilo In(SimulationScheduler simulation, Action<SimulatedSiloOptions>? configure = null) => Start(simulation, configure);

    public static IWorkerGrain Worker(this InProcessSilo silo, string key) => silo.GetGrain<IWorkerGrain>(key);

    public static string NewKey(string prefix = "") => prefix + Guid.NewGuid().ToString("N");

    /// <summary>The clock of the silo that holds the grain.</summary>
    public static TimeProvider GetTime(this IGrainBase grain) => grain.Activation().Silo.Time;

    private static InProcessSilo Start(SiloScheduler scheduler, Action<SimulatedSiloOptions>? configure)
    {
        var options = new SimulatedSiloOptions().AddGrain<IWorkerGrain, WorkerGrain>();
        configure?.Invoke(options);
        return new(s_services, options, scheduler);
    }
}
