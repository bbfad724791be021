using BudgetEngine.Api.Http;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Catalogs;

/// <summary>Prices, policies and keys in memory, read again whenever another process has changed them.</summary>
internal static class CatalogsFeature
{
    public static IServiceCollection AddCatalogs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<CatalogOptions>(configuration.GetSection(CatalogOptions.Section));
        services.TryAddSingleton<Catalog>();
        services.AddHostedService<CatalogRefresher>();
        return services;
    }
}
