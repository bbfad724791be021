using BudgetEngine.Ledger;

namespace BudgetEngine.Silo.Hosting;

/// <summary>The ledger as a process without cost centers uses it: no writer, no lease, no node is registered. Never migrates: the silos do, or <c>migrate</c>.</summary>
internal sealed class ClientLedger(ILedgerStore store) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => store.OpenAsync(migrate: false, LedgerUse.Beside, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken) => await store.DisposeAsync();
}
