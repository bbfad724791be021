using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Alerts;

/// <summary>Alerts and what became of them.</summary>
internal static class AlertsFeature
{
    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder routes) => routes
        .Map<AlertEndpoints>();
}
