using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Alerts;

/// <summary>Alerts and what became of them.</summary>
internal static class AlertsFeature
{
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.TryAddSingleton<LatestAlerts>();
        return services;
    }

    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder routes) => routes
        .Map<AlertEndpoints>();
}
