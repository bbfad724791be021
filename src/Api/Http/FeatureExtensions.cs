using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Http;

/// <summary>What every feature does to add and to map itself.</summary>
internal static class FeatureExtensions
{
    /// <summary>Options bound to their section and validated when the process starts.</summary>
    public static OptionsBuilder<T> AddValidated<T>(this IServiceCollection services, IConfiguration section) where T : class =>
        services.AddOptions<T>().Bind(section).ValidateDataAnnotations().ValidateOnStart();

    public static IEndpointRouteBuilder Map<T>(this IEndpointRouteBuilder routes) where T : IEndpoints
    {
        ActivatorUtilities.CreateInstance<T>(routes.ServiceProvider).Map(routes);
        return routes;
    }
}
