using BudgetEngine.Ledger.Denials;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// Work that keeps the ledger tidy, outside of every transaction that somebody waits for: roll-ups within a second, under load within three, retention in small steps.
/// </summary>
/// <param name="retention">How long rows of usage and alerts are kept.</param>
/// <param name="denialRetention">How long denials are kept.</param>
public sealed partial class Housekeeping(
    ILedgerHousekeeping store, ILedgerDenials denials, TimeSpan retention, TimeSpan denialRetention, TimeProvider clock, ILogger<Housekeeping> logger)
{
    public const int RowsPerStep = 5_000;

    /// <summary>
    /// A round is followed by a pause that is so many times as long: the more there is to do the more rows it adds up at once, and the fewer sums it writes for each of them.
    /// </summary>
    private const int PauseOfRound = 9;

    private static readonly TimeSpan _shortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);
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
        try
        {
            for (var pause = _shortestPause; ;)
            {
                await Task.Delay(pause, clock, stopping);
                var began = clock.GetTimestamp();
                var isBehind = await RunRoundAsync(stopping);
                pause = isBehind ? _shortestPause : PauseAfter(clock.GetElapsedTime(began));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private static TimeSpan PauseAfter(TimeSpan round)
    {
        var pause = round * PauseOfRound;
        return pause < _shortestPause ? _shortestPause : pause > _longestPause ? _longestPause : pause;
    }

    /// <returns>True: there is more to roll up.</returns>
    private async Task<bool> RunRoundAsync(CancellationToken stopping)
    {
        var isBehind = true;
        try
        {
            // Where there is more to do for long, what else is to be done comes in between.
            var until = clock.GetUtcNow() + _longestRound;
            while (isBehind && clock.GetUtcNow() < until && !stopping.IsCancellationRequested) isBehind = await store.RollUpAsync(RowsPerStep, stopping) == RowsPerStep;

            if (clock.GetUtcNow() >= _retainNext) await RetainAsync(stopping);
            _failing = false;
            Volatile.Write(ref _doneAt, clock.GetUtcNow().Ticks);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            if (!_failing) LogFailed(failed);
            _failing = true;
        }

        return isBehind;
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
