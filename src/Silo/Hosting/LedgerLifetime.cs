using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Opens the ledger before anything else starts, and closes it after everything else has stopped: the writer outlives the silo.</summary>
internal sealed class LedgerLifetime(
    ILedgerStore store, ILedgerCurrency currency, Resolution resolution, Catalog catalog, LedgerWriter writer, LeaseKeeper lease, Housekeeping housekeeping, AlertEvaluator alerts, ClusterSettings cluster,
    IConfiguration configuration) : IHostedService
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _housekeeping = Task.CompletedTask;

    private long? _epoch;

    /// <summary>Of this process.</summary>
    /// <exception cref="InvalidOperationException">The ledger is not open yet: who asks so early would keep a name that no lease has.</exception>
    public long Epoch => _epoch ?? throw new InvalidOperationException("The process has no epoch before the ledger is open.");

    /// <summary>Names this start: a process that starts again under the same name is another one to the fence.</summary>
    public string Process => $"{cluster.SiloName}#{Epoch}";

    private LedgerUse Use => cluster.IsAlone ? LedgerUse.Alone : LedgerUse.Shared;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _epoch = await store.OpenAsync(configuration.GetValue("Migrate:AtStart", true), Use, cancellationToken);
        await currency.FixAsync(resolution, Use, Process, cancellationToken);
        await catalog.RefreshAsync(cancellationToken);
        writer.Start();
        alerts.Start();
        await lease.StartAsync(Process, Epoch);
        // Until it had a lease, another process could take the ledger for unused and fix what it wants.
        if (Use == LedgerUse.Shared) await currency.FixAsync(resolution, Use, Process, cancellationToken);
        _housekeeping = Task.Run(() => housekeeping.RunAsync(_stopping.Token), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _housekeeping;
        await writer.StopAsync();
        alerts.Stop();
        await lease.StopAsync();
        await store.DisposeAsync();
    }
}
