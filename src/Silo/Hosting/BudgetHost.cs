using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api;
using BudgetEngine.Api.Schedules;
using BudgetEngine.Dashboard;
using BudgetEngine.Envoy.Hosting;
using BudgetEngine.Gateway.Hosting;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Silo.Cluster;
using BudgetEngine.Silo.Commands;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Demo;
using BudgetEngine.Silo.Doctor;
using BudgetEngine.Silo.Metrics;
using BudgetEngine.Silo.Warehouse;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Composes a process of the engine: ledger, silo and API; or the API by itself, as a client of silos that are elsewhere.</summary>
public static class BudgetHost
{
    /// <summary>How long a stop may take before it is cut short; whoever stops the process must wait longer (in Kubernetes, <c>terminationGracePeriodSeconds</c>).</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(45);

    /// <summary>Runs the host until it is stopped.</summary>
    internal static async Task<int> RunAsync(string[] arguments, ClusterRole role, bool demo = false)
    {
        await using var app = Build(arguments, role: role);
        await app.StartOrStopAsync();
        Banner.Print(app);
        if (demo) app.Services.GetRequiredService<DemoTraffic>().Start(app);
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The host, not started.</summary>
    /// <param name="arguments">Configuration as command-line pairs, <c>--Section:Key=value</c>.</param>
    /// <param name="configure">For tests: a last word on the services.</param>
    public static WebApplication Build(string[] arguments, Action<IServiceCollection>? configure = null, ClusterRole role = ClusterRole.Silo)
    {
        var builder = ProcessDefaults.NewBuilder(arguments, out var built);
        var ledger = LedgerPlace.Read(builder.Configuration);
        var cluster = ClusterSettingsReader.Read(builder.Configuration, ledger, role);
        builder.Services.AddSingleton(cluster);
        if (role == ClusterRole.Silo) AddSilo(builder, cluster, ledger);
        else AddClient(builder, cluster, ledger);
        var isGateway = GatewayHost.IsEnabled(builder.Configuration);
        if (isGateway) builder.Services.AddGateway(builder.Configuration);
        var isEnvoy = EnvoyPort.Listen(builder);
        if (isEnvoy) builder.Services.AddEnvoy(builder.Configuration);
        // After what decorates parts of the store.
        builder.Services.AddLedgerStore(ledger);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        built(app);
        // First: what is below an upstream's name is answered in that provider's words.
        if (isGateway) app.UseGateway();
        app.UseDashboard();
        app.MapBudgetApi();
        if (isEnvoy) app.MapEnvoy();
        app.MapDashboard();
        if (cluster.Dashboard && role == ClusterRole.Silo) app.MapOrleansPages();
        return app;
    }

    // Services start in the order of their registration: the ledger is open before the silo is, keys are read before the guard looks at them.
    private static void AddSilo(WebApplicationBuilder builder, ClusterSettings cluster, LedgerOptions ledger)
    {
        builder.Services.AddCostCenters(builder.Configuration);
        builder.AddSilo(cluster, ledger);
        builder.Services.AddBudgetApi(builder.Configuration).AddDashboard();
        builder.Services.AddChannels(builder.Configuration);
        builder.Services.AddEngineMetrics();
        builder.Services.AddWarehouse(builder.Configuration);
        builder.Services.AddSingleton<DemoTraffic>();
        builder.Services.AddHostedService<AlertSweeper>();
        builder.Services.AddScheduleSweep();
        builder.Services.AddSingleton<StoredHoldOwners>();
        builder.Services.AddHostedService<StoredHoldWaker>();
        builder.Services.AddSingleton(p => new WrittenNodes(p.GetRequiredService<ILedgerCatalogs>(), p.GetRequiredService<CostCenterServices>().ActiveNodes, p.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService<WrittenNodesFollower>();
        builder.Services.AddHostedService<IdleNodes>();
        builder.Services.AddHostedService<OpenModeGuard>();
        builder.Services.AddHostedService<SiloReadiness>();
        builder.Services.AddHostedService<LifeLog>();
        builder.Services.AddOptions<BackupOptions>().Bind(builder.Configuration.GetSection(BackupOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<StartDoctor>();
    }

    /// <summary>Keeps nothing: cost centers are asked through the cluster; reports, catalogs and administrative writes go to the ledger directly.</summary>
    private static void AddClient(WebApplicationBuilder builder, ClusterSettings cluster, LedgerOptions ledger)
    {
        builder.Services.AddHostedService<ClientLedger>();
        builder.Services.AddSingleton<ClusterConnection>();
        builder.Services.AddSingleton<CostCenterCalls>();
        builder.AddClusterClient(cluster, ledger);
        builder.Services.AddBudgetApi(builder.Configuration).AddDashboard();
        builder.Services.AddHostedService<OpenModeGuard>();
        builder.Services.AddHostedService<ClientReadiness>();
        builder.Services.AddHostedService<LifeLog>();
    }
}
