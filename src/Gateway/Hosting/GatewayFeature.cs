using BudgetEngine.Gateway.Callers;
using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Gateway.Forwarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Hosting;

/// <summary>The gateway as one piece, for a silo or for a process of its own.</summary>
public static class GatewayFeature
{
    /// <summary>Adds what the gateway needs; its configuration is checked at the start.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GatewayOptions>().Bind(configuration.GetSection(GatewayOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddHttpForwarder();
        services.AddSingleton<EngineClient>();
        services.AddSingleton<CallerReader>();
        services.AddSingleton<CallsInFlight>();
        services.AddSingleton<RequestRoom>();
        services.AddSingleton<GatewayMiddleware>();
        services.AddHostedService<GatewayDrain>();
        return services;
    }

    /// <summary>Serves the upstreams; every other path goes on to what follows.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app) => app.UseMiddleware<GatewayMiddleware>();
}
