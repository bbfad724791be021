using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Gateway;

/// <summary>The check in the dialect of gateways.</summary>
internal static class GatewayFeature
{
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes) => routes
        .Map<AuthorizeEndpoints>();
}
