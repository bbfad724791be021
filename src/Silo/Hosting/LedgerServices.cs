using BudgetEngine.Api;
using BudgetEngine.Domain;
using BudgetEngine.Grains;
using BudgetEngine.Ledger;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo;

/// <summary>Registers the ledger, its writer and what the grains share.</summary>
internal static class LedgerServices
{
    /// <returns>Where the ledger is.</returns>
    public static LedgerOptions AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(LedgerWriterOptions.Section);
        services.AddOptions<LedgerWriterOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(p => p.GetRequiredService<IOptions<LedgerWriterOptions>>().Value);
        var ledger = section.Get<LedgerOptions>() ?? new LedgerOptions();
        services.TryAddSingleton(ledger);
        services.TryAddSingleton(p => LedgerStores.Create(p.GetRequiredService<LedgerOptions>()));
        services.TryAddSingleton<ILedgerRecords>(p => p.GetRequiredService<ILedgerStore>());
        services.TryAddSingleton<ILedgerNodes>(p => p.GetRequiredService<ILedgerStore>());
        services.TryAddSingleton<ILedgerCatalogs>(p => p.GetRequiredService<ILedgerStore>());
        services.TryAddSingleton<ILedgerBudgets>(p => p.GetRequiredService<ILedgerStore>());
        services.TryAddSingleton<ILedgerReports>(p => p.GetRequiredService<ILedgerStore>());
        services.TryAddSingleton<Catalog>();
        services.TryAddSingleton<LedgerHealth>();
        services.TryAddSingleton<DegradedAllowances>();
        services.TryAddSingleton<INodeTeller, GrainTeller>();
        services.TryAddSingleton<NodeTells>();
        services.TryAddSingleton<Func<Guid>>(Guid.NewGuid);
        services.TryAddSingleton<LedgerWriter>();
        services.TryAddSingleton<NodeFence>();
        services.TryAddSingleton<LeaseKeeper>();
        services.TryAddSingleton(p => new NodeRegistrar(
            p.GetRequiredService<ILedgerNodes>(), p.GetRequiredService<TimeProvider>(),
            GrainRuntime.IsExclusive ? null : p.GetRequiredService<LedgerLifetime>().Process, p.GetRequiredService<NodeFence>()));
        services.TryAddSingleton(p => new StampSource(p.GetRequiredService<LedgerLifetime>().Epoch));
        services.TryAddSingleton<CostCenterServices>();
        services.TryAddSingleton(p => new Housekeeping(
            p.GetRequiredService<ILedgerReports>(), p.GetRequiredService<ILedgerRecords>(), p.GetRequiredService<IOptions<UsageOptions>>().Value.Retention,
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<Housekeeping>>()));
        services.TryAddSingleton<LedgerLifetime>();
        services.AddHostedService(p => p.GetRequiredService<LedgerLifetime>());
        return ledger;
    }
}
