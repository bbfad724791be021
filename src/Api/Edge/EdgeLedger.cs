using BudgetEngine.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Api;

/// <summary>The ledger as a process without cost centers uses it: no writer, no lease, no node is registered.</summary>
internal sealed class EdgeLedger(ILedgerStore store) : IHostedService
{
    /// <summary>Never migrates: the silos do, or the <c>migrate</c> command.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => store.OpenAsync(migrate: false, LedgerUse.Beside, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken) => await store.DisposeAsync();
}

internal static class EdgeLedgerServices
{
    public static void AddEdgeLedger(this IServiceCollection services, LedgerOptions options)
    {
        services.AddLedgerStore(options);
        services.AddHostedService<EdgeLedger>();
    }
}
