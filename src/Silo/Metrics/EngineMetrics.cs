using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Silo.Metrics;

/// <summary>Registers the metrics of a process that has cost centers and a ledger's writer.</summary>
internal static class EngineMetrics
{
    public static IServiceCollection AddEngineMetrics(this IServiceCollection services)
    {
        MeasuredSender.Add(services);
        services.TryAddSingleton<LedgerMetrics>();
        services.TryAddSingleton<ProcessMetrics>();
        services.TryAddSingleton<CostCenterMetrics>();
        services.AddHostedService<MetricsStart>();
        return services;
    }

    /// <summary>Makes the instruments once the ledger is open: what they show has to be there.</summary>
    private sealed class MetricsStart(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<LedgerMetrics>();
            services.GetRequiredService<ProcessMetrics>();
            // Its metric is there before the first message, so that a query of it is never of nothing.
            services.GetRequiredService<IChannelSender>();
            services.GetRequiredService<MetricsSources>().Add(services.GetRequiredService<CostCenterMetrics>());
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
