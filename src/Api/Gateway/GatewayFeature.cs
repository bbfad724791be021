using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Gateway;

/// <summary>The check in the dialect of gateways.</summary>
internal static class GatewayFeature
{
    public static IServiceCollection AddGatewayDialect(this IServiceCollection services)
    {
        services.TryAddSingleton<GatewayChecks>();
        return services;
    }

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes) => routes
        .Map<AuthorizeEndpoints>();
}
