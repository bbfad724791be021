using BudgetEngine.Ledger.Denials;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger.Writer;

/// <summary>Work that keeps the ledger tidy, outside of every transaction that somebody waits for: roll-ups within a second, retention in small steps.</summary>
/// <param name="retention">How long rows of usage and alerts are kept.</param>
/// <param name="denialRetention">How long denials are kept.</param>
public sealed partial class Housekeeping(
    ILedgerHousekeeping store, ILedgerDenials denials, TimeSpan retention, TimeSpan denialRetention, TimeProvider clock, ILogger<Housekeeping> logger)
{
    public const int RowsPerStep = 5_000;
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longestRound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _retentionEvery = TimeSpan.FromHours(1);

    private DateTimeOffset _retainNext;
    private bool _failing;
    private long _doneAt;

    /// <summary>When the last round ended well; null: none has yet.</summary>
    public DateTimeOffset? DoneAt => Volatile.Read(ref _doneAt) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Runs until it is cancelled. A failure (the ledger is out of reach) is logged once and tried again.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) await TickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        try
        {
            // Where there is more to do for long, what else is to be done comes in between.
            var until = clock.GetUtcNow() + _longestRound;
            while (await store.RollUpAsync(RowsPerStep, stopping) == RowsPerStep && clock.GetUtcNow() < until && !stopping.IsCancellationRequested)
            {
            }

            if (clock.GetUtcNow() >= _retainNext) await RetainAsync(stopping);
            _failing = false;
            Volatile.Write(ref _doneAt, clock.GetUtcNow().Ticks);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            if (!_failing) LogFailed(failed);
            _failing = true;
        }
    }

    private async Task RetainAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        while (await store.RetainAsync(now - retention, RowsPerStep, stopping) > 0)
        {
        }

        while (await store.ForgetAlertsAsync(now - retention, RowsPerStep, stopping) > 0)
        {
        }

        while (await denials.ForgetAsync(now - denialRetention, RowsPerStep, stopping) > 0)
        {
        }

        _retainNext = now + _retentionEvery;
    }

    [LoggerMessage(1030, LogLevel.Warning, "Roll-ups or retention failed; they are tried again.")]
    private partial void LogFailed(Exception exception);
}
