using BudgetEngine.Ledger.Repricing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>Works on the jobs of the ledger, in whichever process takes the oldest first. A process that dies loses it after <see cref="Lease"/>, and another goes on from the last step.</summary>
internal sealed partial class RepriceRunner(ILedgerRepricing ledger, RepriceStep step, TimeProvider clock, ILogger<RepriceRunner> logger) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Several times what a step takes. Two processes at the same rows would do no harm, but the slower would count in vain.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly string _process = Guid.NewGuid().ToString("N");
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped: the job is open, and is gone on with by whoever takes it.
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        try
        {
            while (await ledger.ClaimRepriceAsync(_process, Lease, stopping) is { } job) await RunAsync(job, stopping);
            _failing = false;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // Safe: what was not saved is done again.
            if (!_failing) LogFailed(failed);
            _failing = true;
        }
    }

    /// <summary>Until the job has ended, or is another's.</summary>
    private async Task RunAsync(RepriceJob claimed, CancellationToken stopping)
    {
        for (var job = claimed; job is { State: RepriceState.Open };)
        {
            if (job.Tally.RowsTotal is null) job = await BeginAsync(job, stopping);
            if (job is null) return;
            var next = await TryStepAsync(job, stopping);
            // The ledger was too slow for some correction: the same rows once more.
            if (next is null) await Task.Delay(_interval, clock, stopping);
            job = await ledger.SaveRepriceAsync(next ?? job, Lease, stopping);
        }
    }

    private async Task<RepriceJob?> BeginAsync(RepriceJob job, CancellationToken stopping)
    {
        var extent = await ledger.ReadRepriceExtentAsync(job.Order, stopping);
        var tally = job.Tally with { RowsTotal = extent.Rated };
        tally.Skip(RepriceWords.Given, extent.Given);
        tally.Skip(RepriceWords.Retained, extent.Retained);
        return await ledger.SaveRepriceAsync(job with { Tally = tally }, Lease, stopping);
    }

    private async Task<RepriceJob?> TryStepAsync(RepriceJob job, CancellationToken stopping)
    {
        try
        {
            return await step.RunAsync(job, stopping);
        }
        catch (OverflowException)
        {
            return job with { State = RepriceState.Failed, EndedAt = clock.GetUtcNow(), Fault = "A sum passes what can be counted; take a shorter range." };
        }
    }

    [LoggerMessage(EventId = 3311, Level = LogLevel.Warning, Message = "A job that rates usage again cannot go on now; it is tried again")]
    private partial void LogFailed(Exception fault);
}
