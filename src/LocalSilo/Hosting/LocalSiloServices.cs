using BudgetEngine.LocalSilo.Hosting;
using BudgetEngine.LocalSilo.Scheduling;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Streams;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a silo to a host.</summary>
public static class LocalSiloServices
{
    /// <summary>
    /// Registers <see cref="InProcessSilo"/>, also as <see cref="IGrainFactory"/>, and stops it in good order with the host: hosted
    /// services that were added before are stopped after it. Uses the <see cref="TimeProvider"/> and <see cref="SiloScheduler"/> of the
    /// container, if there are any.
    /// </summary>
    public static IServiceCollection AddLocalSilo(this IServiceCollection services, Action<LocalSiloOptions> configure)
    {
        var options = new LocalSiloOptions();
        configure(options);
        services.TryAddSingleton(provider => new InProcessSilo(provider, options, provider.GetService<SiloScheduler>(), provider.GetService<TimeProvider>()));
        services.TryAddSingleton<IGrainFactory>(provider => provider.GetRequiredService<InProcessSilo>());
        foreach (var name in options.StreamProviders)
        {
            services.AddKeyedSingleton<IStreamProvider>(name, (provider, _) => provider.GetRequiredService<InProcessSilo>().Streams(name));
        }

        services.AddHostedService<LocalSiloService>();
        return services;
    }
}
