using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Keys;

/// <summary>API keys: who may call, and what.</summary>
internal static class KeysFeature
{
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var adminKey = configuration[KeysOptions.AdminKeyVariable];
        services.AddValidated<KeysOptions>(configuration.GetSection(KeysOptions.Section))
            .Configure(keys => keys.AdminKey = adminKey)
            .Validate(
                static keys => string.IsNullOrEmpty(keys.AdminKey) || keys.AdminKey.Length is >= KeysOptions.MinAdminKeyLength and <= KeyText.MaxLength,
                $"{KeysOptions.AdminKeyVariable} must have {KeysOptions.MinAdminKeyLength} to {KeyText.MaxLength} characters; make one with 'openssl rand -base64 32'.");
        services.TryAddSingleton<KeyRing>();
        services.TryAddSingleton<KeyNames>();
        services.TryAddSingleton<Gate>();
        services.TryAddSingleton(static provider => new AdminOnly(provider.GetRequiredService<Gate>()));
        return services;
    }

    public static IEndpointRouteBuilder MapKeys(this IEndpointRouteBuilder routes) => routes
        .Map<KeyEndpoints>();
}
