using BudgetEngine.Channels;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api;

/// <summary>
/// The HTTP API as one piece: <see cref="AddBudgetApi"/> and <see cref="MapBudgetApi"/>. The host brings the ledger (<see cref="LedgerStoreServices.AddLedgerStore"/>, open), the
/// <see cref="Catalog"/> and the grain factory.
/// </summary>
public static class BudgetApi
{
    public static IServiceCollection AddBudgetApi(this IServiceCollection services, IConfiguration configuration)
    {
        AddOptions(services, configuration);
        services.AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Catalog>();
        services.TryAddSingleton<Readiness>();
        services.TryAddSingleton<KeyRing>();
        services.TryAddSingleton<Gate>();
        services.TryAddSingleton(static p => new AdminOnly(p.GetRequiredService<Gate>()));
        services.TryAddSingleton<IdSource>();
        services.TryAddSingleton<Tenants>();
        services.TryAddSingleton<DegradedAllowances>();
        services.TryAddSingleton<CheckService>();
        services.TryAddSingleton<UsageService>();
        services.TryAddSingleton<LiveNodes>();
        services.TryAddSingleton<Breakers>();
        services.TryAddSingleton<SpendAdvice>();
        services.TryAddSingleton<LiveChannels>();
        services.TryAddSingleton<LatestAlerts>();
        services.TryAddSingleton<CostCenterPage>();
        services.TryAddSingleton<EventHub>();
        services.TryAddSingleton(static provider => new SpendWatch(provider.GetRequiredService<EventHub>()));
        services.TryAddSingleton<DecisionSamples>();
        services.TryAddSingleton<BudgetWrites>();
        services.TryAddSingleton<AlertFollower>();
        services.TryAddSingleton<BreakerFollower>();
        services.TryAddSingleton<EventStreams>();
        services.TryAddSingleton<UtilizationOrder>();
        services.TryAddSingleton<BudgetAnswers>();
        services.TryAddSingleton<NextDecision>();
        services.TryAddSingleton<IntakeLimits>();
        services.TryAddSingleton<AdminParts>();
        services.AddMetrics();
        services.TryAddSingleton<BudgetMeter>();
        services.TryAddSingleton<CheckMetrics>();
        services.TryAddSingleton<SpendMetrics>();
        services.TryAddSingleton<UsageMetrics>();
        services.TryAddSingleton<MetricsListener>();
        services.TryAddSingleton<MetricsSources>();
        services.AddHostedService<CatalogRefresher>();
        services.AddHostedService<EventPump>();
        AddEndpoints(services);
        return services;
    }

    /// <summary>Adds the boundary, routing and all endpoints.</summary>
    public static WebApplication MapBudgetApi(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        // Named, so that it comes after the boundary, which decides on paths before they are routed.
        app.UseRouting();
        var services = app.Services;
        services.GetRequiredService<CheckEndpoints>().Map(app);
        services.GetRequiredService<OpenReservations>().Map(app);
        services.GetRequiredService<ReservationEndpoints>().Map(app);
        services.GetRequiredService<AuthorizeEndpoints>().Map(app);
        services.GetRequiredService<UsageEndpoints>().Map(app);
        services.GetRequiredService<CorrectionEndpoints>().Map(app);
        services.GetRequiredService<UsageListEndpoints>().Map(app);
        services.GetRequiredService<BudgetEndpoints>().Map(app);
        services.GetRequiredService<IncreaseEndpoints>().Map(app);
        services.GetRequiredService<PauseEndpoints>().Map(app);
        services.GetRequiredService<CostCenterEndpoints>().Map(app);
        services.GetRequiredService<CostCenterDetail>().Map(app);
        services.GetRequiredService<LimitEndpoints>().Map(app);
        services.GetRequiredService<PriceEndpoints>().Map(app);
        services.GetRequiredService<PriceImportEndpoints>().Map(app);
        services.GetRequiredService<KeyEndpoints>().Map(app);
        services.GetRequiredService<AlertEndpoints>().Map(app);
        services.GetRequiredService<ChannelEndpoints>().Map(app);
        services.GetRequiredService<EventEndpoints>().Map(app);
        services.GetRequiredService<AuditEndpoints>().Map(app);
        services.GetRequiredService<ConsistencyEndpoints>().Map(app);
        services.GetRequiredService<OperationsEndpoints>().Map(app);
        services.GetRequiredService<MetricsEndpoints>().Map(app);
        services.GetRequiredService<NotYetEndpoints>().Map(app);
        return app;
    }

    private static void AddEndpoints(IServiceCollection services)
    {
        services.TryAddSingleton<CheckEndpoints>();
        services.TryAddSingleton<OpenReservations>();
        services.TryAddSingleton<ReservationEndpoints>();
        services.TryAddSingleton<AuthorizeEndpoints>();
        services.TryAddSingleton<UsageEndpoints>();
        services.TryAddSingleton<CorrectionEndpoints>();
        services.TryAddSingleton<UsageListEndpoints>();
        services.TryAddSingleton<BudgetEndpoints>();
        services.TryAddSingleton<IncreaseEndpoints>();
        services.TryAddSingleton<PauseEndpoints>();
        services.TryAddSingleton<CostCenterEndpoints>();
        services.TryAddSingleton<CostCenterDetail>();
        services.TryAddSingleton<LimitEndpoints>();
        services.TryAddSingleton<PriceEndpoints>();
        services.TryAddSingleton<PriceImportEndpoints>();
        services.TryAddSingleton<KeyEndpoints>();
        services.TryAddSingleton<AlertEndpoints>();
        services.TryAddSingleton<ChannelEndpoints>();
        services.TryAddSingleton<EventEndpoints>();
        services.TryAddSingleton<AuditEndpoints>();
        services.TryAddSingleton<ConsistencyEndpoints>();
        services.TryAddSingleton<OperationsEndpoints>();
        services.TryAddSingleton<MetricsEndpoints>();
        services.TryAddSingleton<NotYetEndpoints>();
    }

    private static void AddOptions(IServiceCollection services, IConfiguration configuration)
    {
        Add<ApiOptions>(services, configuration.GetSection(ApiOptions.Section));
        Add<CheckOptions>(services, configuration.GetSection(CheckOptions.Section));
        Add<UsageOptions>(services, configuration.GetSection(UsageOptions.Section));
        Add<MetricsOptions>(services, configuration.GetSection(MetricsOptions.Section));
        Add<CatalogOptions>(services, configuration.GetSection(CatalogOptions.Section));
        Add<InstallationOptions>(services, configuration);
        // Channels are judged where they are written, also by a process that sends nothing.
        Add<AlertChannelOptions>(services, configuration.GetSection(AlertChannelOptions.Section));
        var adminKey = configuration[KeysOptions.AdminKeyVariable];
        Add<KeysOptions>(services, configuration.GetSection(KeysOptions.Section))
            .Configure(keys => keys.AdminKey = adminKey)
            .Validate(
                static keys => string.IsNullOrEmpty(keys.AdminKey) || keys.AdminKey.Length is >= KeysOptions.MinAdminKeyLength and <= KeyText.MaxLength,
                $"{KeysOptions.AdminKeyVariable} must have {KeysOptions.MinAdminKeyLength} to {KeyText.MaxLength} characters; make one with 'openssl rand -base64 32'.");
    }

    private static OptionsBuilder<T> Add<T>(IServiceCollection services, IConfiguration section) where T : class =>
        services.AddOptions<T>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
}
