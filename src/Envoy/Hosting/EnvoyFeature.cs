using BudgetEngine.Envoy.Authorization;
using BudgetEngine.Envoy.RateLimits;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Envoy.Hosting;

/// <summary>Envoy's two services as one piece, over the gateway dialect of the API in the same process.</summary>
public static class EnvoyFeature
{
    /// <summary>Bytes of one question: headers, and a body only where Envoy is told to send one, which nobody reads.</summary>
    private const int MaxQuestionBytes = 1024 * 1024;

    /// <summary>Adds what the services need.</summary>
    public static IServiceCollection AddEnvoy(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EnvoyOptions>().Bind(configuration.GetSection(EnvoyOptions.Section));
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxQuestionBytes);
        services.AddSingleton<AuthorizationService>();
        services.AddSingleton<DescriptorChecks>();
        services.AddSingleton<RateLimitService>();
        return services;
    }

    /// <summary>Serves them.</summary>
    public static WebApplication MapEnvoy(this WebApplication app)
    {
        app.MapGrpcService<AuthorizationService>();
        app.MapGrpcService<RateLimitService>();
        return app;
    }
}
