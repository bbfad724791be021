using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Repricing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>Works on the jobs of the ledger, in whichever process takes them first. A process that dies loses them after <see cref="Lease"/>, and another goes on from the last step.</summary>
internal sealed partial class RepriceRunner : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Extended with each look. Two processes at the same rows would do no harm, but the slower would count in vain.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly string _process = Guid.NewGuid().ToString("N");
    private readonly ILedgerRepricing _ledger;
    private readonly RepriceStep _step;
    private readonly TimeProvider _clock;
    private readonly ILogger<RepriceRunner> _logger;
    private readonly JobTurns _turns;

    public RepriceRunner(ILedgerRepricing ledger, RepriceStep step, TimeProvider clock, ILogger<RepriceRunner> logger)
    {
        (_ledger, _step, _clock, _logger) = (ledger, step, clock, logger);
        _turns = new JobTurns(clock, LogFailed);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RoundAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped: the jobs are open, and are gone on with by whoever takes them.
        }

        await _turns.EndAsync();
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            var running = _turns.Running;
            foreach (var job in await _ledger.ClaimRepricesAsync(_process, running, JobTurns.MaxAtOnce - running.Count, Lease, stopping)) Begin(job, stopping);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            LogFailed(failed);
        }
    }

    /// <summary>Until the job has ended, is another's, or has had its share of the time.</summary>
    private void Begin(RepriceJob claimed, CancellationToken stopping)
    {
        var job = claimed;
        _turns.Begin(claimed.Id, async () =>
        {
            var next = await TryStepAsync(job, stopping);
            var saved = await _ledger.SaveRepriceAsync(next ?? job, Lease, stopping);
            if (saved is not { State: RepriceState.Open }) return false;
            job = saved;
            // The ledger was too slow for some correction: the same rows once more, a while later.
            return next is not null;
        });
    }

    private async Task<RepriceJob?> TryStepAsync(RepriceJob job, CancellationToken stopping)
    {
        try
        {
            return job.Tally.RowsTotal is null ? await CountedAsync(job, stopping) : await _step.RunAsync(job, stopping);
        }
        catch (OverflowException)
        {
            return Ended(job, "A sum passes what can be counted; take a shorter range.");
        }
        catch (LedgerReportTooLongException)
        {
            // The same reading takes as long the next time. Meanwhile somebody may have asked for its end.
            return await _ledger.SaveRepriceAsync(job, Lease, stopping) is not { } current ? null : Ended(current, "Reading its usage takes longer than it may (Ledger:LongCommandTimeout); take a shorter range, or a cost center further down.");
        }
    }

    private RepriceJob Ended(RepriceJob job, string fault) =>
        job.CancelAsked ? job with { State = RepriceState.Cancelled, EndedAt = _clock.GetUtcNow() } : job with { State = RepriceState.Failed, EndedAt = _clock.GetUtcNow(), Fault = fault };

    private async Task<RepriceJob> CountedAsync(RepriceJob job, CancellationToken stopping)
    {
        // Nothing has been booked yet.
        if (job.CancelAsked) return job with { State = RepriceState.Cancelled, EndedAt = _clock.GetUtcNow() };
        var extent = await _ledger.ReadRepriceExtentAsync(job.Order, stopping);
        var tally = job.Tally with { RowsTotal = extent.Rated };
        tally.Skip(RepriceWords.Given, extent.Given);
        tally.Skip(RepriceWords.Retained, extent.Retained);
        return job with { Tally = tally };
    }

    [LoggerMessage(EventId = 3311, Level = LogLevel.Warning, Message = "A job that rates usage again cannot go on now; it is tried again")]
    private partial void LogFailed(Exception fault);
}
