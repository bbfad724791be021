using BudgetEngine.Api.Http;
using BudgetEngine.Dashboard.Alerts;
using BudgetEngine.Dashboard.Assets;
using BudgetEngine.Dashboard.Budgets;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.Engine;
using BudgetEngine.Dashboard.FirstRun;
using BudgetEngine.Dashboard.Overview;
using BudgetEngine.Dashboard.Prices;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Reports;
using BudgetEngine.Dashboard.Sessions;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Dashboard.Usage;
using BudgetEngine.Domain.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Dashboard;

/// <summary>The pages at <c>/</c>: server-rendered over the services of the API, with one small script.</summary>
public static class DashboardFeature
{
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        foreach (var part in (Type[])
        [
            typeof(SignInPage), typeof(NavigationCounts), typeof(ShellMaker), typeof(PageGate), typeof(CostCenterIndex), typeof(CostCenterLines), typeof(AlertLines), typeof(CostCenterSources),
            typeof(BudgetStores), typeof(BudgetPreview), typeof(RecentBudgets), typeof(BudgetDialogs), typeof(CostCenterPage), typeof(FirstRunPage), typeof(OverviewPage),
            typeof(PriceDialogs), typeof(PricesPage), typeof(ChannelDialogs), typeof(ScheduleDialogs), typeof(RecentSettings<Channel>), typeof(RecentSettings<Schedule>), typeof(AlertSources), typeof(AlertDialogs), typeof(AlertsPage),
        ])
        {
            services.TryAddSingleton(part);
        }

        services.AddHostedService<WarmUp>();
        return services;
    }

    /// <summary>Before the API, some of whose requests the pages make and link to.</summary>
    public static WebApplication UseDashboard(this WebApplication app)
    {
        app.UseMiddleware<LinkSession>();
        return app;
    }

    public static WebApplication MapDashboard(this WebApplication app)
    {
        // Also the links of alerts, and so a part of the API's contract.
        app.Map<OverviewPage>();
        app.MapGroup("").ExcludeFromDescription()
            .Map<AssetEndpoints>()
            .Map<SignInEndpoints>()
            .Map<TreePage>()
            .Map<CostCenterPage>()
            .Map<BudgetForms>()
            .Map<UsagePage>()
            .Map<ReportsPage>()
            .Map<AlertsPage>()
            .Map<ChannelForms>()
            .Map<ScheduleForms>()
            .Map<PricesPage>()
            .Map<PriceForms>()
            .Map<EnginePage>()
            .Map<FirstRunPage>();
        return app;
    }
}
