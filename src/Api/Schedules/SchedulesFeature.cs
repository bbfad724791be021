using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Schedules;

/// <summary>Summaries of spend to channels.</summary>
public static class SchedulesFeature
{
    /// <summary>For a process that sends: every silo.</summary>
    public static IServiceCollection AddScheduleSweep(this IServiceCollection services)
    {
        services.TryAddSingleton<ScheduleSweep>();
        services.AddHostedService<ScheduleSweeper>();
        return services;
    }

    internal static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.TryAddSingleton<ScheduleWrites>();
        return services;
    }

    internal static IEndpointRouteBuilder MapSchedules(this IEndpointRouteBuilder routes) => routes.Map<ScheduleEndpoints>();
}
