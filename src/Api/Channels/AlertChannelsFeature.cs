using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Channels;

/// <summary>Where alerts go. Channels are judged where they are written, also by a process that sends nothing.</summary>
internal static class AlertChannelsFeature
{
    public static IServiceCollection AddAlertChannels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<AlertChannelOptions>(configuration.GetSection(AlertChannelOptions.Section));
        services.TryAddSingleton<LiveChannels>();
        return services;
    }

    public static IEndpointRouteBuilder MapAlertChannels(this IEndpointRouteBuilder routes) => routes
        .Map<ChannelEndpoints>();
}
