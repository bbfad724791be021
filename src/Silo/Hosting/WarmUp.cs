using BudgetEngine.Api;
using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Silo;

/// <summary>
/// Walks the path of a check and of a post once before the engine says that it is ready, so that no first caller waits for code to be compiled; from then on
/// says whether the ledger can be written.
/// </summary>
internal sealed class WarmUp(
    CheckService checks, ILedgerRecords records, LedgerHealth health, Readiness readiness, Func<Guid> newBatchId, IHostApplicationLifetime lifetime, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>A cost center that no ledger has; a dry run leaves no trace of it.</summary>
    private static readonly CostCenterId _nobody = CostCenterId.Trusted("warm-up/warm-up/warm-up");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopping.Register(readiness.SetStopping);
        var command = new CheckCommand { CostCenter = _nobody, Amount = new Money(1), DryRun = true, AnswerWithin = TimeSpan.FromSeconds(30) };
        await checks.CheckAsync(command, stoppingToken);
        await records.CommitAsync(new LedgerBatch(newBatchId(), [], []), stoppingToken);
        readiness.SetReady();
        using var timer = new PeriodicTimer(_lookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) readiness.SetDegraded(health.WritesFail || !health.MayGrant);
    }
}
