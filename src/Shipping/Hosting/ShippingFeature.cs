using BudgetEngine.Shipping.Files;
using BudgetEngine.Shipping.Posting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Shipping.Hosting;

/// <summary>The shipper as one piece.</summary>
public static class ShippingFeature
{
    /// <summary>Adds the shipper, which runs until the host stops.</summary>
    public static IServiceCollection AddShipping(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ShipOptions>().Bind(configuration.GetSection(ShipOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<PositionFile>();
        services.AddSingleton<UsagePost>();
        services.AddHostedService<LogShipper>();
        return services;
    }
}
