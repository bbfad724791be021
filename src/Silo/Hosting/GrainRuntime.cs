#if !ORLEANS
using BudgetEngine.Api;
using BudgetEngine.Grains;
using BudgetEngine.Ledger;
using BudgetEngine.LocalSilo.Storage;

namespace BudgetEngine.Silo;

/// <summary>The local runtime: one process, no cluster, by an exclusive lock on the ledger.</summary>
internal static class GrainRuntime
{
    public const string Name = "local";

    /// <summary>This process alone works on the ledger.</summary>
    public const bool IsExclusive = true;

    public static string ProcessName { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Nothing is put between the ledger and its nodes.</summary>
    public static void AddLedgerNodes(IServiceCollection services)
    {
    }

    public static void AddGrainRuntime(this WebApplicationBuilder builder, LedgerOptions ledger)
    {
        var cluster = ClusterSettingsReader.Read(builder.Configuration, ledger, ClusterRole.Alone);
        builder.Services.AddSingleton(cluster);
        builder.Services.AddKeyedSingleton<ILocalGrainStorage>(AlertStreams.StateStorage, (p, _) => new LedgerGrainStates(p.GetRequiredService<ILedgerGrainStates>()));
        builder.Services.AddLocalSilo(silo =>
        {
            silo.AddGrains(typeof(CostCenterGrain).Assembly);
            silo.AddMemoryStreams(AlertStreams.Provider);
            // Above the deadline of a post (10 s), whose own answer then comes first.
            silo.ResponseTimeout = TimeSpan.FromSeconds(12);
            silo.IdleAge = cluster.IdleAfter;
            silo.CollectionInterval = cluster.IdleScan;
        });
    }

    /// <summary>The local runtime has no pages of its own.</summary>
    public static void MapRuntimePages(this WebApplication app)
    {
    }
}
#endif
