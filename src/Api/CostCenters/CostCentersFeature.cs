using BudgetEngine.Api.CostCenters.Moves;
using BudgetEngine.Api.Http;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.CostCenters;

/// <summary>Cost centers and how they stand.</summary>
internal static class CostCentersFeature
{
    public static IServiceCollection AddCostCenters(this IServiceCollection services)
    {
        services.TryAddSingleton<Tenants>();
        services.TryAddSingleton<LiveNodes>();
        services.TryAddSingleton(p => new NearestNames(p.GetRequiredService<ILedgerCostCenters>(), p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<Breakers>();
        services.TryAddSingleton<SpendAdvice>();
        services.TryAddSingleton<UtilizationOrder>();
        services.TryAddSingleton<MovePreview>();
        services.TryAddSingleton<MoveStep>();
        services.AddHostedService<MoveRunner>();
        return services;
    }

    public static IEndpointRouteBuilder MapCostCenters(this IEndpointRouteBuilder routes) => routes
        .Map<CostCenterEndpoints>()
        .Map<CostCenterDetail>()
        .Map<LimitEndpoints>()
        .Map<MoveEndpoints>()
        .Map<ArchiveEndpoints>();
}
