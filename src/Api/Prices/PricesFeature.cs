using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Prices;

/// <summary>The price book.</summary>
internal static class PricesFeature
{
    public static IEndpointRouteBuilder MapPrices(this IEndpointRouteBuilder routes) => routes
        .Map<PriceEndpoints>()
        .Map<PriceImportEndpoints>();
}
