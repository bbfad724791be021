using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Silo.Hosting;

/// <summary>The ledger as a process without cost centers uses it: no writer, no lease, no node is registered. Never migrates: the silos do, or <c>migrate</c>.</summary>
internal sealed class ClientLedger(ILedgerStore store, ILedgerCurrency currency, Resolution resolution) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(migrate: false, LedgerUse.Beside, cancellationToken);
        await currency.FixAsync(resolution, LedgerUse.Beside, "", cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await store.DisposeAsync();
}
