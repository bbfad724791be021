using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Budgets;

/// <summary>Budgets, their temporary increases, pauses.</summary>
internal static class BudgetsFeature
{
    public static IServiceCollection AddBudgets(this IServiceCollection services)
    {
        services.TryAddSingleton<BudgetAnswers>();
        services.TryAddSingleton<BudgetWrites>();
        services.TryAddSingleton<ChangeWarnings>();
        services.TryAddSingleton<PauseList>();
        return services;
    }

    public static IEndpointRouteBuilder MapBudgets(this IEndpointRouteBuilder routes) => routes
        .Map<BudgetEndpoints>()
        .Map<IncreaseEndpoints>()
        .Map<PauseEndpoints>()
        .Map<PauseList>();
}
