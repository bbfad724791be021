using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Denials;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Denials;

/// <summary>Writes what <see cref="DenialLog"/> has taken: one transaction at a time and two a second at most, so that a flood of denials takes no time from usage.</summary>
internal sealed partial class DenialWriter(DenialLog log, ILedgerDenials store, TimeProvider clock, IOptions<DenialOptions> options, ILogger<DenialWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>At a stop: what is not written by then is lost.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly int _maxBatch = options.Value.MaxBatch;
    private readonly List<Denial> _batch = [];
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }

        using var limit = new CancellationTokenSource(StopWithin, clock);
        while (!limit.IsCancellationRequested && await WriteAsync(limit.Token))
        {
        }
    }

    /// <returns>Whether something was written.</returns>
    private async Task<bool> WriteAsync(CancellationToken cancellationToken)
    {
        // What could not be written the last time is still in the batch.
        log.Take(_batch, _maxBatch);
        var counts = log.ChangedCounts(_maxBatch);
        if (_batch.Count == 0 && counts.Count == 0) return false;
        try
        {
            await AddAsync(_batch, counts, cancellationToken);
            _batch.Clear();
            log.Written(counts);
            _failing = false;
            return true;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            if (!_failing) LogFailed(failed);
            _failing = true;
            return false;
        }
    }

    /// <summary>A batch that holds something which can never be stored is halved until that stands alone.</summary>
    private async Task AddAsync(IReadOnlyList<Denial> denials, IReadOnlyList<OmittedDenials> counts, CancellationToken cancellationToken)
    {
        try
        {
            await store.AddAsync(denials, counts, cancellationToken);
        }
        catch (LedgerDataException refused) when (denials.Count == 1 && counts.Count == 0)
        {
            log.Refused(denials[0]);
            LogRefused(refused);
        }
        catch (LedgerDataException) when (denials.Count > 0)
        {
            var half = denials.Count / 2;
            if (counts.Count > 0) await AddAsync([], counts, cancellationToken);
            if (half > 0) await AddAsync([.. denials.Take(half)], [], cancellationToken);
            await AddAsync([.. denials.Skip(half)], [], cancellationToken);
        }
    }

    [LoggerMessage(1060, LogLevel.Warning, "Denials could not be written; they wait, and beyond Denials:MaxPending they are only counted.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(1061, LogLevel.Warning, "The ledger refuses to store a denial.")]
    private partial void LogRefused(Exception exception);
}
