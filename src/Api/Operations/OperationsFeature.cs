using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Operations;

/// <summary>What operators ask: health, the audit, consistency.</summary>
internal static class OperationsFeature
{
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<InstallationOptions>(configuration);
        services.AddValidated<CurrencyOptions>(configuration.GetSection(CurrencyOptions.Section));
        services.TryAddSingleton(p => p.GetRequiredService<IOptions<CurrencyOptions>>().Value.ResolutionOf(p.GetRequiredService<IOptions<InstallationOptions>>().Value.Currency));
        services.TryAddSingleton<Readiness>();
        services.TryAddSingleton<ConsistencyReports>();
        return services;
    }

    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder routes) => routes
        .Map<AuditEndpoints>()
        .Map<ConsistencyEndpoints>()
        .Map<OperationsEndpoints>();
}
