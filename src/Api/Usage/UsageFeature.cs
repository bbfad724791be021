using BudgetEngine.Api.Exports;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Usage.Quotas;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Usage;

/// <summary>Records of usage: taken, corrected, listed, exported.</summary>
internal static class UsageFeature
{
    public static IServiceCollection AddUsage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<UsageOptions>(configuration.GetSection(UsageOptions.Section));
        services.TryAddSingleton<IntakeLimits>();
        services.TryAddSingleton<NextDecision>();
        services.TryAddSingleton<UsageBatches>();
        services.TryAddSingleton<UsageQuotas>();
        services.TryAddSingleton<UsageService>();
        services.TryAddSingleton<ExportedRows>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExportFormat, CsvExport>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExportFormat, ParquetExport>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExportFormat, FocusExport>());
        return services;
    }

    public static IEndpointRouteBuilder MapUsage(this IEndpointRouteBuilder routes) => routes
        .Map<UsageEndpoints>()
        .Map<CorrectionEndpoints>()
        .Map<UsageListEndpoints>();
}
