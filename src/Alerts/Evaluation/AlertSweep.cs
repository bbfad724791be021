using BudgetEngine.Domain.Faults;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>
/// Finds what nobody has told: evaluates every account with a limit whose balance has changed, whatever became of the process that changed it, at limits that
/// were changed and windows that end; tells nodes the balances that it read; and rings for deliveries that are due.
/// </summary>
/// <param name="notifier">Null: no node can have missed a notification (one process).</param>
public sealed partial class AlertSweep(
    ILedgerEvaluations ledger, AlertEvaluator evaluator, CommitNotifier? notifier, AlertOptions options, TimeProvider clock, ILogger<AlertSweep> logger)
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
    private List<AlertEvaluation> _notified = [];
    private int _waiting;
    private bool _failing;

    /// <summary>Evaluations whose nodes are still being told.</summary>
    public int Unnotified => Volatile.Read(ref _waiting);

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
            // Whole seconds: the stores keep less of an instant than .NET does, and the evaluation is looked up by it.
            DateTimeOffset? kept = notifier is null ? null : DateTimeOffset.FromUnixTimeSeconds((context.Now + KeptFor).ToUnixTimeSeconds());
            var taken = await SweepAsync(context with { TakesBalances = balances, KeptUntil = kept }, stopping);
            if (taken < options.MaxEvaluationsPerTransaction) break;
        }

        await evaluator.RingAsync(await ledger.ReadDueChannelsAsync(clock.GetUtcNow(), MaxChannelsPerRound, stopping));
    }

    /// <returns>How many were taken off the list, or put off.</returns>
    private async Task<int> SweepAsync(AlertContext context, CancellationToken stopping)
    {
        try
        {
            var found = await ledger.SweepAsync(TakeNotified(), options.MaxEvaluationsPerTransaction, context, stopping);
            await TellAsync(found);
            return found.Taken;
        }
        catch (Exception fault) when (IsOfTheEvaluations(fault))
        {
            // One of them fails by itself, and would fail before all others again and again. They are put off first, so that none is lost, then halved until it stands alone.
            var later = DateTimeOffset.FromUnixTimeSeconds((context.Now + AlertEvaluator.PutOff).ToUnixTimeSeconds());
            var putOff = await ledger.PutOffAsync(options.MaxEvaluationsPerTransaction, later, context, stopping);
            if (putOff.Count > 0) await EvaluateAsync([.. putOff], context with { KeptUntil = context.KeptUntil is null ? null : later }, stopping);
            return putOff.Count;
        }
    }

    private async Task EvaluateAsync(List<AlertEvaluation> evaluations, AlertContext context, CancellationToken stopping)
    {
        try
        {
            await TellAsync(await ledger.EvaluatePutOffAsync(evaluations, context, stopping));
        }
        catch (Exception fault) when (IsOfTheEvaluations(fault))
        {
            if (evaluations.Count == 1)
            {
                evaluator.NoteRefused(evaluations[0], fault);
                return;
            }

            await EvaluateAsync(evaluations[..(evaluations.Count / 2)], context, stopping);
            await EvaluateAsync(evaluations[(evaluations.Count / 2)..], context, stopping);
        }
    }

    private static bool IsOfTheEvaluations(Exception fault) => fault is LedgerDataException or not (ExpectedException or OperationCanceledException);

    private async Task TellAsync(EvaluationResult found)
    {
        await evaluator.NotifyAsync(found);
        Notify(found.Unnotified);
    }

    /// <summary>One call to each node. What all nodes of an evaluation have answered need not be kept any longer.</summary>
    private void Notify(IReadOnlyList<UnnotifiedBalances> unnotified)
    {
        if (notifier is null || unnotified.Count == 0) return;
        var updates = new Dictionary<string, NodeUpdate>(StringComparer.Ordinal);
        foreach (var (node, balances) in unnotified.SelectMany(u => u.Nodes, (u, node) => (node, u.Balances)))
        {
            if (!updates.TryGetValue(node, out var known)) updates.Add(node, known = new NodeUpdate(node));
            known.Add(balances);
        }

        var notified = updates.ToDictionary(n => n.Key, n => notifier.Notify(n.Value), StringComparer.Ordinal);
        foreach (var balances in unnotified) _ = WhenNotifiedAsync(balances, notified);
    }

    private async Task WhenNotifiedAsync(UnnotifiedBalances unnotified, Dictionary<string, Task<bool>> notified)
    {
        Interlocked.Increment(ref _waiting);
        var answered = true;
        foreach (var node in unnotified.Nodes) answered &= await notified[node];
        if (answered)
        {
            lock (_lock) _notified.Add(unnotified.Evaluation);
        }

        Interlocked.Decrement(ref _waiting);
    }

    private List<AlertEvaluation> TakeNotified()
    {
        lock (_lock)
        {
            var notified = _notified;
            _notified = [];
            return notified;
        }
    }

    [LoggerMessage(1045, LogLevel.Warning, "The sweep for alerts failed; it is tried again.")]
    private partial void LogFailed(Exception exception);
}
