using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Silo.Hosting;

/// <summary>A silo is ready once a check and a commit have been made; degraded, but in service, while the ledger is out of reach.</summary>
internal sealed class SiloReadiness(
    IGrainFactory grains, ILedgerRecords records, LedgerHealth health, Readiness readiness, Func<Guid> newBatchId, TimeProvider clock, IHostApplicationLifetime lifetime)
    : ReadinessKeeper(grains, readiness, clock, lifetime)
{
    private static readonly TimeSpan _forTheCheck = TimeSpan.FromSeconds(30);

    protected override async Task<bool> WarmUpAsync(CancellationToken stopping)
    {
        await CheckAsync(_forTheCheck, stopping);
        try
        {
            await records.CommitAsync(new LedgerBatch(newBatchId(), [], []), stopping);
            return true;
        }
        catch (Exception outage) when (outage is LedgerUnavailableException or LedgerContentionException)
        {
            // The ledger went away between opening it and now: ready when a post can be made.
            return false;
        }
    }

    protected override Task LookAsync(Readiness readiness, CancellationToken stopping)
    {
        readiness.SetDegraded(!health.MayGrant || health.WritesFail);
        return Task.CompletedTask;
    }
}
