using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.Operations;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Alerts;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Silo.Cluster;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Streams;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Registers what a silo has beside the ledger's store: the writer, and what the grains share.</summary>
internal static class LedgerServices
{
    /// <summary>What cost centers in this process need: the writer, the fence, alerts. Begins and ends with <see cref="LedgerLifetime"/>.</summary>
    public static void AddCostCenters(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(LedgerWriterOptions.Section);
        services.AddOptions<LedgerWriterOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(p => p.GetRequiredService<IOptions<LedgerWriterOptions>>().Value);
        services.TryAddSingleton<ILedgerRecords>(p => new MeasuredRecords(p.GetRequiredService<LedgerStore>().Records, p.GetRequiredService<BudgetMeter>(), p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<SiloLedgerNodes>();
        services.TryAddSingleton<ILedgerNodes>(p => p.GetRequiredService<SiloLedgerNodes>());
        services.TryAddSingleton<ILedgerLeases>(p => p.GetRequiredService<SiloLedgerNodes>());
        services.TryAddSingleton<Catalog>();
        services.TryAddSingleton<LedgerHealth>();
        services.TryAddSingleton<DegradedAllowances>();
        services.TryAddSingleton<INodeNotifier>(p => new GrainNotifier(new Lazy<CostCenterCalls>(p.GetRequiredService<CostCenterCalls>), p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<CommitNotifier>();
        services.TryAddSingleton<Func<Guid>>(Guid.NewGuid);
        services.TryAddSingleton<LedgerWriter>();
        services.TryAddSingleton<NodeFence>();
        services.TryAddSingleton<LeaseKeeper>();
        services.TryAddSingleton(p => new NodeRegistrar(
            p.GetRequiredService<ILedgerNodes>(), p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ClusterSettings>().IsAlone ? null : () => p.GetRequiredService<LedgerLifetime>().Process, p.GetRequiredService<NodeFence>()));
        services.AddOptions<NewNodeOptions>().Bind(configuration.GetSection(NewNodeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(p => new NewNodes(p.GetRequiredService<IOptions<NewNodeOptions>>().Value, p.GetRequiredService<TimeProvider>()));
        services.AddOptions<HoldRoomOptions>().Bind(configuration.GetSection(HoldRoomOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<UnexpectedFaults>();
        services.TryAddSingleton(p => new CostCenterServices(
            p.GetRequiredService<Catalog>(), p.GetRequiredService<LedgerWriter>(), p.GetRequiredService<NodeRegistrar>(), p.GetRequiredService<LedgerHealth>(),
            p.GetRequiredService<LedgerWriterOptions>(), new Lazy<StampSource>(() => new StampSource(p.GetRequiredService<LedgerLifetime>().Epoch)), p.GetRequiredService<DegradedAllowances>(), p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<AlertEvaluator>(), p.GetRequiredService<NewNodes>())
        {
            IdleAfter = p.GetRequiredService<ClusterSettings>().IdleAfter, DirectTurns = p.GetRequiredService<ClusterSettings>().DirectTurns, IsAlone = p.GetRequiredService<ClusterSettings>().IsAlone,
            Faults = p.GetRequiredService<UnexpectedFaults>(),
            HoldRoom = p.GetRequiredService<IOptions<HoldRoomOptions>>().Value.ToHoldRoom(),
        });
        services.TryAddSingleton(p => p.GetRequiredService<CostCenterServices>().CallsOver(p.GetRequiredService<IGrainFactory>()));
        AddAlerts(services, configuration);
        services.TryAddSingleton(p => new Housekeeping(
            p.GetRequiredService<ILedgerHousekeeping>(), p.GetRequiredService<ILedgerDenials>(), p.GetRequiredService<IOptions<UsageOptions>>().Value.Retention,
            p.GetRequiredService<IOptions<DenialOptions>>().Value.Retention,
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<Housekeeping>>()));
        services.TryAddSingleton<LedgerLifetime>();
        services.AddHostedService(p => p.GetRequiredService<LedgerLifetime>());
    }

    private static void AddAlerts(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AlertOptions>().Bind(configuration.GetSection(AlertOptions.Section))
            .Configure<IOptions<InstallationOptions>, Resolution>((alerts, installation, resolution) => (alerts.Currency, alerts.Resolution) = (installation.Value.Currency, resolution))
            .ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(p => p.GetRequiredService<IOptions<AlertOptions>>().Value);
        services.TryAddSingleton<IAlertDoorbell>(p => new StreamDoorbell(() => p.GetRequiredKeyedService<IStreamProvider>(AlertStreams.Provider)));
        services.TryAddSingleton<AlertEvaluator>();
        services.TryAddSingleton(p => new AlertSweep(
            p.GetRequiredService<ILedgerEvaluations>(), p.GetRequiredService<AlertEvaluator>(), p.GetRequiredService<ClusterSettings>().IsAlone ? null : p.GetRequiredService<CommitNotifier>(),
            p.GetRequiredService<AlertOptions>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<AlertSweep>>()));
        services.TryAddSingleton<Func<int>>(() => Random.Shared.Next(1_001));
        services.TryAddSingleton<NotifierServices>();
    }
}
