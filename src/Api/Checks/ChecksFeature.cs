using BudgetEngine.Api.Http;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Writer;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Api.Checks;

/// <summary>Checks before a request, and the reservations that they make.</summary>
internal static class ChecksFeature
{
    public static IServiceCollection AddChecks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<CheckOptions>(configuration.GetSection(CheckOptions.Section));
        services.TryAddSingleton<DegradedAllowances>();
        services.TryAddSingleton<UnexpectedFaults>();
        services.TryAddSingleton<CheckService>();
        return services;
    }

    public static IEndpointRouteBuilder MapChecks(this IEndpointRouteBuilder routes) => routes
        .Map<CheckEndpoints>()
        .Map<OpenReservations>()
        .Map<ReservationEndpoints>();
}
