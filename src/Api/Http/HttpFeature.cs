using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Http;

/// <summary>What every endpoint stands on: the clock, ids, limits of bodies.</summary>
internal static class HttpFeature
{
    public static IServiceCollection AddHttp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<ApiOptions>(configuration.GetSection(ApiOptions.Section));
        services.AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IdSource>();
        services.TryAddSingleton<BodyRoom>();
        services.TryAddSingleton<BodyReader>();
        services.TryAddSingleton<RefusedBodies>();
        services.TryAddSingleton<ReadShares>();
        services.TryAddSingleton<IntakeShares>();
        services.TryAddSingleton<AdminParts>();
        return services;
    }
}
