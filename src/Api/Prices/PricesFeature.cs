using BudgetEngine.Api.Http;
using BudgetEngine.Api.Prices.Repricing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Prices;

/// <summary>The price book.</summary>
internal static class PricesFeature
{
    public static IServiceCollection AddPrices(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<PriceOptions>(configuration.GetSection(PriceOptions.Section));
        services.TryAddSingleton<RepriceStep>();
        services.AddHostedService<RepriceRunner>();
        return services;
    }

    public static IEndpointRouteBuilder MapPrices(this IEndpointRouteBuilder routes) => routes
        .Map<PriceEndpoints>()
        .Map<PriceImportEndpoints>()
        .Map<RepriceEndpoints>();
}
