using BudgetEngine.Api.Http;
using BudgetEngine.Api.Metrics.Exposition;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Metrics;

/// <summary>Metrics, and their page for Prometheus.</summary>
internal static class MetricsFeature
{
    public static IServiceCollection AddMetricsPage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<MetricsOptions>(configuration.GetSection(MetricsOptions.Section));
        services.AddMetrics();
        services.TryAddSingleton<BudgetMeter>();
        services.TryAddSingleton<CheckMetrics>();
        services.TryAddSingleton<SpendMetrics>();
        services.TryAddSingleton<TokenMetrics>();
        services.TryAddSingleton<UsageMetrics>();
        services.TryAddSingleton<MetricsListener>();
        services.TryAddSingleton<MetricsSources>();
        return services;
    }

    public static IEndpointRouteBuilder MapMetricsPage(this IEndpointRouteBuilder routes) => routes
        .Map<MetricsEndpoints>();
}
