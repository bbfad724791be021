using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Reports;

/// <summary>What was spent, for finance.</summary>
internal static class ReportsFeature
{
    public static IServiceCollection AddReports(this IServiceCollection services)
    {
        services.TryAddSingleton<ReportService>();
        services.TryAddSingleton<ChangeReports>();
        services.TryAddSingleton<ReportTables>();
        return services;
    }

    public static IEndpointRouteBuilder MapReports(this IEndpointRouteBuilder routes) => routes.Map<ReportEndpoints>();
}
