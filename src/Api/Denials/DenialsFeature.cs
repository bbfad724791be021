using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Denials;

/// <summary>The log of denied checks.</summary>
internal static class DenialsFeature
{
    public static IServiceCollection AddDenials(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<DenialOptions>(configuration.GetSection(DenialOptions.Section));
        services.TryAddSingleton<DenialLog>();
        services.TryAddSingleton<DenialMetrics>();
        services.AddHostedService<DenialWriter>();
        return services;
    }

    public static IEndpointRouteBuilder MapDenials(this IEndpointRouteBuilder routes)
    {
        // Its instruments are there from the start: nobody asks for them by name.
        routes.ServiceProvider.GetRequiredService<DenialMetrics>();
        return routes.Map<DenialEndpoints>();
    }
}
