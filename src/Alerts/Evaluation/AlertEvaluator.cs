using System.Diagnostics;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Faults;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>
/// Takes what cost centers of this process have noticed, evaluates it in the ledger, many in one transaction, and rings. A crossing that is lost here with its
/// process is found by the sweep; what nobody else knows of (a refusal, a conflict, a lapsed reservation) is tried again until it is stored, at last by the sweep.
/// </summary>
public sealed partial class AlertEvaluator(
    ILedgerEvaluations ledger, Catalog catalog, IAlertDoorbell doorbell, AlertOptions options, LedgerWriterOptions writer, TimeProvider clock, ILogger<AlertEvaluator> logger)
{
    /// <summary>So often a transaction is tried that fails by an exception that no outage makes; then it is halved, as one is that the ledger refuses.</summary>
    public const int TriesBeforeHalving = 3;

    /// <summary>What fails by itself is left to the sweep, which tries it again after so long.</summary>
    public static readonly TimeSpan PutOff = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly HashSet<AlertEvaluation> _pending = [];
    private readonly MoneyWords _money = new(options.Currency, options.Resolution);
    private readonly List<Activity> _traces = [];
    private TaskCompletionSource _arrived = NewSignal();
    private long _dropped;
    private long _refused;
    private bool _stopping;

    /// <summary>Evaluations that were left to the sweep because too many waited.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Evaluations that failed by themselves and were put off.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>What an evaluation must know, as it is now.</summary>
    public AlertContext Context()
    {
        var current = catalog.Current;
        return new AlertContext(clock.GetUtcNow(), current.Policies, current.Prices, options.SpikeFloorAmount, options.Currency, options.Resolution) { Trace = EngineTrace.Current?.Id };
    }

    /// <summary>Starts the loop on the caller's task scheduler.</summary>
    public void Start() => _ = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();

    public void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            _arrived.TrySetResult();
        }
    }

    /// <summary>Never waits and never fails: the same evaluation twice is one.</summary>
    public void Add(IReadOnlyList<AlertEvaluation> evaluations)
    {
        lock (_lock)
        {
            foreach (var evaluation in evaluations)
            {
                if (_pending.Count < options.MaxPendingEvaluations || TryMakeRoomFor(evaluation)) _pending.Add(evaluation);
                else if (!_pending.Contains(evaluation)) Interlocked.Increment(ref _dropped);
            }

            if (EngineTrace.Current is { } span && _traces.Count < EngineTrace.MaxLinks) _traces.Add(span);
            _arrived.TrySetResult();
        }
    }

    /// <summary>Writes what was stored into the log, where everybody has it who has no channel, and rings.</summary>
    public Task NotifyAsync(EvaluationResult found)
    {
        foreach (var alert in found.Alerts)
        {
            var (type, sentence) = (AlertTypes.WordOf(alert.Type), new AlertSentences(_money, alert).Sentence);
            if (alert.User is { } user) LogOfUser(type, alert.CostCenter, OutsideText.Clean(user), sentence, alert.Id);
            else LogAlert(type, alert.CostCenter, sentence, alert.Id);
        }

        return RingAsync(found.Channels);
    }

    /// <summary>Rings for each, all at once: one that does not answer keeps nobody else waiting. A ring that fails is left to the sweep.</summary>
    public Task RingAsync(IReadOnlyList<string> channels) => Task.WhenAll(channels.Select(RingAsync));

    /// <summary>A channel's receiver is gone for good: the channel is switched off, unless it sends elsewhere since, and the others hear of it.</summary>
    public async Task DisableChannelAsync(Channel channel, string reason) =>
        await RingAsync(await ledger.DisableChannelAsync(channel, reason, Context(), CancellationToken.None));

    /// <summary>A channel has been failing for long: the others hear of it.</summary>
    public async Task ReportDeadAsync(string channel, string reason) =>
        await RingAsync(await ledger.ReportDeadAsync(channel, reason, Context(), CancellationToken.None));

    private async Task RingAsync(string channel)
    {
        try
        {
            await doorbell.RingAsync(channel);
        }
        catch (Exception failed)
        {
            LogNotRung(channel, failed);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await WaitAsync();
            var taken = Take(out var traces);
            if (taken is null) return;
            using var span = EngineTrace.BeginOfMany("budget.alerts.evaluate", traces);
            await EvaluateAsync(taken);
        }
    }

    private async Task EvaluateAsync(List<AlertEvaluation> evaluations)
    {
        var backoff = new Backoff(writer, clock);
        for (var bugs = 0; ;)
        {
            try
            {
                await NotifyAsync(await ledger.EvaluateAsync(evaluations, Context(), CancellationToken.None));
                return;
            }
            catch (LedgerContentionException)
            {
                // Had no effect; goes again at once.
            }
            catch (LedgerDataException refused)
            {
                await HalveAsync(evaluations, refused);
                return;
            }
            catch (Exception bug) when (bug is not ExpectedException && ++bugs >= TriesBeforeHalving)
            {
                await HalveAsync(evaluations, bug);
                return;
            }
            catch (Exception outage)
            {
                LogOutage(evaluations.Count, outage);
                lock (_lock)
                {
                    if (_stopping) return;
                }

                await backoff.WaitAsync();
            }
        }
    }

    /// <summary>One that fails by itself must not take the others with it. It goes on the ledger's list: nobody else may know of it.</summary>
    private async Task HalveAsync(List<AlertEvaluation> evaluations, Exception fault)
    {
        if (evaluations.Count > 1)
        {
            await EvaluateAsync(evaluations[..(evaluations.Count / 2)]);
            await EvaluateAsync(evaluations[(evaluations.Count / 2)..]);
            return;
        }

        NoteRefused(evaluations[0], fault);
        try
        {
            await ledger.ScheduleAsync([evaluations[0] with { DueAt = clock.GetUtcNow() + PutOff }], CancellationToken.None);
        }
        catch (Exception failed)
        {
            LogLost(evaluations[0].GetType().Name, evaluations[0].CostCenter, failed);
        }
    }

    /// <summary>An evaluation failed by itself, and not for an outage.</summary>
    internal void NoteRefused(AlertEvaluation evaluation, Exception fault)
    {
        Interlocked.Increment(ref _refused);
        LogRefused(evaluation.GetType().Name, evaluation.CostCenter, fault);
    }

    /// <summary>What the sweep finds by itself makes room for what only this process knows.</summary>
    private bool TryMakeRoomFor(AlertEvaluation evaluation)
    {
        if (evaluation is AlertEvaluation.BalanceChanged || _pending.Contains(evaluation)) return false;
        if (_pending.FirstOrDefault(e => e is AlertEvaluation.BalanceChanged) is not { } found) return false;
        _pending.Remove(found);
        Interlocked.Increment(ref _dropped);
        return true;
    }

    private Task WaitAsync()
    {
        lock (_lock)
        {
            if (_stopping || _pending.Count > 0) return Task.CompletedTask;
            if (_arrived.Task.IsCompleted) _arrived = NewSignal();
            return _arrived.Task;
        }
    }

    /// <returns>Null: stopped.</returns>
    private List<AlertEvaluation>? Take(out IReadOnlyList<Activity> traces)
    {
        lock (_lock)
        {
            traces = _traces.Count == 0 ? [] : [.. _traces];
            _traces.Clear();
            if (_stopping && _pending.Count == 0) return null;
            var taken = _pending.Take(options.MaxEvaluationsPerTransaction).ToList();
            foreach (var evaluation in taken) _pending.Remove(evaluation);
            return taken;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1044, LogLevel.Information, "Alert {Type} of {CostCenter}: {Sentence} ({Id})")]
    private partial void LogAlert(string type, string costCenter, string sentence, string id);

    [LoggerMessage(1047, LogLevel.Information, "Alert {Type} of {CostCenter}, user {User}: {Sentence} ({Id})")]
    private partial void LogOfUser(string type, string costCenter, string user, string sentence, string id);

    [LoggerMessage(1040, LogLevel.Warning, "Alerts cannot be stored; {Evaluations} evaluations wait.")]
    private partial void LogOutage(int evaluations, Exception exception);

    [LoggerMessage(1041, LogLevel.Error, "The evaluation {Kind} of {CostCenter} fails by itself; it is left to the sweep, which tries it again in a minute.")]
    private partial void LogRefused(string kind, string costCenter, Exception exception);

    [LoggerMessage(1046, LogLevel.Error, "The evaluation {Kind} of {CostCenter} could not be put off either; nobody is told of it.")]
    private partial void LogLost(string kind, string costCenter, Exception exception);

    [LoggerMessage(1042, LogLevel.Warning, "The notifier of channel {Channel} could not be rung; the sweep rings again.")]
    private partial void LogNotRung(string channel, Exception exception);
}
