using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Operations;

/// <summary>What operators ask: health, the audit, consistency.</summary>
internal static class OperationsFeature
{
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<InstallationOptions>(configuration);
        services.TryAddSingleton<Readiness>();
        services.TryAddSingleton<ConsistencyReports>();
        return services;
    }

    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder routes) => routes
        .Map<AuditEndpoints>()
        .Map<ConsistencyEndpoints>()
        .Map<OperationsEndpoints>()
        .Map<NotYetEndpoints>();
}
