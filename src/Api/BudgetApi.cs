using BudgetEngine.Api.Alerts;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Catalogs;
using BudgetEngine.Api.Channels;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Ingest;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Api.Operations;
using BudgetEngine.Api.Prices;
using BudgetEngine.Api.Reconciliation;
using BudgetEngine.Api.Reports;
using BudgetEngine.Api.Schedules;
using BudgetEngine.Api.Usage;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api;

/// <summary>
/// The HTTP API as one piece; each folder adds and maps its own. The host brings the ledger (its parts, opened), the
/// <see cref="Catalog"/> and the grain factory.
/// </summary>
public static class BudgetApi
{
    public static IServiceCollection AddBudgetApi(this IServiceCollection services, IConfiguration configuration) => services
        .AddHttp(configuration)
        .AddCatalogs(configuration)
        .AddPrices(configuration)
        .AddKeys(configuration)
        .AddChecks(configuration)
        .AddDenials(configuration)
        .AddGatewayDialect()
        .AddUsage(configuration)
        .AddIngest(configuration)
        .AddBudgets()
        .AddCostCenters()
        .AddReports()
        .AddAlertChannels(configuration)
        .AddSchedules()
        .AddEvents(configuration)
        .AddMetricsPage(configuration)
        .AddOperations(configuration)
        .AddOpenApi();

    /// <summary>Adds the boundary, routing and all endpoints.</summary>
    public static WebApplication MapBudgetApi(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        // Named, so that it comes after the boundary, which decides on paths before they are routed.
        app.UseRouting();
        app.MapChecks()
            .MapDenials()
            .MapGateway()
            .MapUsage()
            .MapIngest()
            .MapBudgets()
            .MapCostCenters()
            .MapReports()
            .MapPrices()
            .MapReconciliation()
            .MapKeys()
            .MapAlerts()
            .MapAlertChannels()
            .MapSchedules()
            .MapEvents()
            .MapMetricsPage()
            .MapOperations()
            .MapOpenApi();
        return app;
    }
}
