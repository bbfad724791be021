using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>
/// Finds what nobody has told: evaluates every account with a limit whose balance has changed, whatever became of the process that changed it, at limits that
/// were changed and windows that end; tells nodes the balances that it read; and rings for deliveries that are due.
/// </summary>
/// <param name="tells">Null: no node can have missed a tell (one process).</param>
public sealed partial class AlertSweep(
    ILedgerEvaluations ledger, AlertEvaluator evaluator, CommitNotifier? tells, AlertOptions options, TimeProvider clock, ILogger<AlertSweep> logger)
{
    /// <summary>Channels rung in one round; the rest in the next.</summary>
    public const int MaxChannelsPerRound = 500;

    /// <summary>A busy account is on the list again with every roll-up, and its own grain has noticed already: it is evaluated once a second, and what is rare at once.</summary>
    private const int RoundsPerBalances = 4;

    /// <summary>
    /// So long a changed balance stays on the list while its nodes are told. If this process ends before, or they do not answer, somebody tells them after it.
    /// </summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private List<AlertEvaluation> _told = [];
    private int _untold;
    private bool _failing;

    /// <summary>Evaluations whose nodes are still being told.</summary>
    public int Unnotified => Volatile.Read(ref _untold);

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
            var context = evaluator.Context();
            // To the second: no store keeps all of an instant, and the evaluation is to be found by it.
            DateTimeOffset? kept = tells is null ? null : DateTimeOffset.FromUnixTimeSeconds((context.Now + KeptFor).ToUnixTimeSeconds());
            var found = await ledger.SweepAsync(TakeTold(), options.MaxLooksPerTransaction, context with { TakesBalances = balances, KeptUntil = kept }, stopping);
            await evaluator.NotifyAsync(found);
            Tell(found.Unnotified);
            if (found.Taken < options.MaxLooksPerTransaction) break;
        }

        await evaluator.RingAsync(await ledger.ReadDueChannelsAsync(clock.GetUtcNow(), MaxChannelsPerRound, stopping));
    }

    /// <summary>One call to each node. What all nodes of an evaluation have answered need not be kept any longer.</summary>
    private void Tell(IReadOnlyList<UntoldBalances> untold)
    {
        if (tells is null || untold.Count == 0) return;
        var news = new Dictionary<string, NodeUpdate>(StringComparer.Ordinal);
        foreach (var (node, balances) in untold.SelectMany(u => u.Nodes, (u, node) => (node, u.Balances)))
        {
            if (!news.TryGetValue(node, out var known)) news.Add(node, known = new NodeUpdate(node));
            known.Add(balances);
        }

        var told = news.ToDictionary(n => n.Key, n => tells.Tell(n.Value), StringComparer.Ordinal);
        foreach (var balances in untold) _ = WhenToldAsync(balances, told);
    }

    private async Task WhenToldAsync(UntoldBalances untold, Dictionary<string, Task<bool>> told)
    {
        Interlocked.Increment(ref _untold);
        var answered = true;
        foreach (var node in untold.Nodes) answered &= await told[node];
        if (answered)
        {
            lock (_lock) _told.Add(untold.Evaluation);
        }

        Interlocked.Decrement(ref _untold);
    }

    private List<AlertEvaluation> TakeTold()
    {
        lock (_lock)
        {
            var told = _told;
            _told = [];
            return told;
        }
    }

    [LoggerMessage(1045, LogLevel.Warning, "The sweep for alerts failed; it is tried again.")]
    private partial void LogFailed(Exception exception);
}
