using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger;

/// <summary>
/// Finds what nobody has told: looks at every account with a limit whose balance has changed, whatever became of the process that changed it, at limits that
/// were changed and windows that end; tells nodes the balances that it read; and rings for deliveries that are due.
/// </summary>
/// <param name="tells">Null: no node can have missed a tell (one process).</param>
public sealed partial class AlertSweep(
    ILedgerAlerts store, AlertDesk desk, NodeTells? tells, AlertOptions options, TimeProvider clock, ILogger<AlertSweep> logger)
{
    /// <summary>Channels rung in one round; the rest in the next.</summary>
    public const int MaxChannelsPerRound = 500;

    /// <summary>A busy account is on the list again with every roll-up, and its own grain has looked already: it is looked at once a second, and what is rare at once.</summary>
    private const int RoundsPerBalances = 4;

    private bool _failing;

    /// <summary>Runs until it is cancelled. A failure (the ledger is out of reach) is logged once and tried again.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var round = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.SweepInterval, clock, stopping);
                await RoundAsync(stopping, balances: ++round % RoundsPerBalances == 0);
                _failing = false;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (LedgerContentionException)
            {
                // Had no effect; the next round takes it up.
            }
            catch (Exception failed)
            {
                if (!_failing) LogFailed(failed);
                _failing = true;
            }
        }
    }

    /// <summary>One round: all that is due now.</summary>
    /// <param name="balances">False: without changed balances.</param>
    public async Task RoundAsync(CancellationToken stopping, bool balances = true)
    {
        while (!stopping.IsCancellationRequested)
        {
            var found = await store.SweepAsync(options.MaxLooksPerTransaction, desk.Context() with { LooksAtBalances = balances }, stopping);
            await desk.TellAsync(found);
            Tell(found.Balances);
            if (found.Looked < options.MaxLooksPerTransaction) break;
        }

        await desk.RingAsync(await store.ReadDueChannelsAsync(clock.GetUtcNow(), MaxChannelsPerRound, stopping));
    }

    private void Tell(IReadOnlyList<DateBalances> balances)
    {
        if (tells is null || balances.Count == 0) return;
        foreach (var node in balances.GroupBy(b => b.CostCenter, StringComparer.Ordinal))
        {
            var news = new NodeNews(node.Key);
            foreach (var balance in node) news.Add(balance);
            // Never fails, and is told until it answers.
            _ = tells.Tell(news);
        }
    }

    [LoggerMessage(1045, LogLevel.Warning, "The sweep for alerts failed; it is tried again.")]
    private partial void LogFailed(Exception exception);
}
