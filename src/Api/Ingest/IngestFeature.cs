using BudgetEngine.Api.Http;
using BudgetEngine.Api.Ingest.CloudEvents;
using BudgetEngine.Api.Ingest.LiteLlm;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Ingest;

/// <summary>Usage in others' formats: LiteLLM's logger, CloudEvents.</summary>
internal static class IngestFeature
{
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<IngestOptions>(configuration.GetSection(IngestOptions.Section));
        services.AddValidated<LiteLlmOptions>(configuration.GetSection(LiteLlmOptions.Section));
        services.TryAddSingleton<IngestBodies>();
        return services;
    }

    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes) => routes
        .Map<LiteLlmEndpoints>()
        .Map<CloudEventEndpoints>();
}
