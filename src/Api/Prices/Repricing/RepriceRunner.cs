using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Repricing;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>Works on the jobs of the ledger that rate usage again.</summary>
internal sealed partial class RepriceRunner(ILedgerRepricing ledger, RepriceStep step, TimeProvider clock, ILogger<RepriceRunner> logger) : JobRunner<RepriceJob>(clock)
{
    private readonly TimeProvider _clock = clock;

    protected override Task<IReadOnlyList<RepriceJob>> ClaimAsync(string process, IReadOnlyCollection<string> running, int limit, CancellationToken stopping) =>
        ledger.ClaimRepricesAsync(process, running, limit, Lease, stopping);

    protected override string IdOf(RepriceJob job) => job.Id;

    protected override async Task<RepriceJob?> StepAsync(RepriceJob job, CancellationToken stopping)
    {
        var next = await TryStepAsync(job, stopping);
        var saved = await ledger.SaveRepriceAsync(next ?? job, Lease, stopping);
        // Null: the ledger was too slow for some correction. The same rows once more, a while later.
        return next is not null && saved is { State: RepriceState.Open } ? saved : null;
    }

    protected override void Note(Exception fault) => LogFailed(fault);

    private async Task<RepriceJob?> TryStepAsync(RepriceJob job, CancellationToken stopping)
    {
        try
        {
            return job.Tally.RowsTotal is null ? await CountedAsync(job, stopping) : await step.RunAsync(job, stopping);
        }
        catch (OverflowException)
        {
            return Ended(job, "A sum passes what can be counted; take a shorter range.");
        }
        catch (LedgerReportTooLongException)
        {
            // The same reading takes as long the next time. Meanwhile somebody may have asked for its end.
            return await ledger.SaveRepriceAsync(job, Lease, stopping) is not { } current ? null : Ended(current, "Reading its usage takes longer than it may (Ledger:LongCommandTimeout); take a shorter range, or a cost center further down.");
        }
    }

    private RepriceJob Ended(RepriceJob job, string fault) =>
        job.CancelAsked ? job with { State = RepriceState.Cancelled, EndedAt = _clock.GetUtcNow() } : job with { State = RepriceState.Failed, EndedAt = _clock.GetUtcNow(), Fault = fault };

    private async Task<RepriceJob> CountedAsync(RepriceJob job, CancellationToken stopping)
    {
        // Nothing has been booked yet.
        if (job.CancelAsked) return job with { State = RepriceState.Cancelled, EndedAt = _clock.GetUtcNow() };
        var extent = await ledger.ReadRepriceExtentAsync(job.Order, stopping);
        var tally = job.Tally with { RowsTotal = extent.Rated };
        tally.Skip(RepriceWords.Given, extent.Given);
        tally.Skip(RepriceWords.Retained, extent.Retained);
        return job with { Tally = tally };
    }

    [LoggerMessage(EventId = 3311, Level = LogLevel.Warning, Message = "A job that rates usage again cannot go on now; it is tried again")]
    private partial void LogFailed(Exception fault);
}
