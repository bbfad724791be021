using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Events;

/// <summary>Live events, told while somebody listens.</summary>
internal static class EventsFeature
{
    public static IServiceCollection AddEvents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<EventOptions>(configuration.GetSection(EventOptions.Section));
        services.TryAddSingleton<EventHub>();
        services.TryAddSingleton(static provider => new SpendWatch(provider.GetRequiredService<EventHub>()));
        services.TryAddSingleton<DecisionSamples>();
        services.TryAddSingleton<AlertFollower>();
        services.TryAddSingleton<BreakerFollower>();
        services.TryAddSingleton<EventStreams>();
        services.AddHostedService<EventPump>();
        return services;
    }

    public static IEndpointRouteBuilder MapEvents(this IEndpointRouteBuilder routes) => routes
        .Map<EventEndpoints>();
}
