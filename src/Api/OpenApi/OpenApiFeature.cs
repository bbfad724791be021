using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.OpenApi;

/// <summary>The description of the API, for programs.</summary>
internal static class OpenApiFeature
{
    public static IServiceCollection AddOpenApi(this IServiceCollection services)
    {
        services.TryAddSingleton<OpenApiDocument>();
        return services;
    }

    public static IEndpointRouteBuilder MapOpenApi(this IEndpointRouteBuilder routes) => routes.Map<OpenApiEndpoints>();
}
