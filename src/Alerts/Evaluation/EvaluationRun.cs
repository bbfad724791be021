using System.Collections.Immutable;
using System.Diagnostics;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>
/// Evaluates cost centers and users: which thresholds are reached by the ledger's own balances and have not fired, which are to be armed again, and which other
/// events have not been told. Ids are hashes of what happened and the marks are locked, so whoever evaluates, and however often, each thing is told once.
/// </summary>
internal sealed class EvaluationRun(IEvaluationTransaction transaction, AlertContext context)
{
    private readonly AlertFindings _findings = new();
    private readonly HashSet<string> _channels = new(StringComparer.Ordinal);
    private readonly List<AlertEvaluation> _schedule = [];
    private readonly List<Alert> _stored = [];
    private IReadOnlyList<Channel>? _known;

    public async Task<EvaluationResult> SweepAsync(IReadOnlyList<AlertEvaluation> notified, int limit, CancellationToken cancellationToken)
    {
        if (notified.Count > 0) await transaction.ForgetAsync(notified, cancellationToken);
        var taken = await transaction.TakeDueAsync(context.Now, limit, context.TakesBalances, context.KeptUntil, cancellationToken);
        if (taken.Count == 0) return EvaluationResult.Nothing;
        var facts = await RunAsync(taken, cancellationToken);
        return new EvaluationResult([.. _channels], taken.Count, context.KeptUntil is null ? [] : EvaluatedAccounts.Unnotified(taken, facts), _stored);
    }

    public async Task<EvaluationResult> EvaluateAsync(IReadOnlyList<AlertEvaluation> evaluations, CancellationToken cancellationToken)
    {
        await RunAsync(evaluations, cancellationToken);
        return new EvaluationResult([.. _channels], 0, [], _stored);
    }

    /// <summary>Of what a sweep has put off: done, it comes off the list, unless nodes are to be told of it first.</summary>
    public async Task<EvaluationResult> EvaluatePutOffAsync(IReadOnlyList<AlertEvaluation> evaluations, CancellationToken cancellationToken)
    {
        var facts = await RunAsync(evaluations, cancellationToken);
        var notifies = context.KeptUntil is not null;
        AlertEvaluation[] done = [.. evaluations.Where(e => !notifies || e is not AlertEvaluation.BalanceChanged)];
        if (done.Length > 0) await transaction.ForgetAsync(done, cancellationToken);
        return new EvaluationResult([.. _channels], evaluations.Count, notifies ? EvaluatedAccounts.Unnotified(evaluations, facts) : [], _stored);
    }

    private async Task<EvaluationFacts> RunAsync(IReadOnlyList<AlertEvaluation> evaluations, CancellationToken cancellationToken)
    {
        var accounts = new EvaluatedAccounts(evaluations, context);
        var facts = await transaction.ReadAsync(accounts.Keys, accounts.FromDay, cancellationToken);
        foreach (var key in accounts.Keys) _findings.Evaluate(key, accounts.DatesOf(key), accounts.CauseOf(key), facts, context);
        foreach (var evaluation in evaluations) await FollowAsync(evaluation, facts, cancellationToken);
        await FireAsync(facts, cancellationToken);
        await InsertAsync(cancellationToken);
        if (_schedule.Count > 0) await transaction.ScheduleAsync(_schedule, cancellationToken);
        return facts;
    }

    /// <summary>What an evaluation means besides its account's thresholds.</summary>
    private async Task FollowAsync(AlertEvaluation evaluation, EvaluationFacts facts, CancellationToken cancellationToken)
    {
        var today = context.CalendarOf(evaluation.CostCenter).DateOf(context.Now);
        switch (evaluation)
        {
            case AlertEvaluation.BalanceChanged:
                break;
            case AlertEvaluation.LimitsChanged changed:
                await FollowLimitsAsync(changed, facts, today, cancellationToken);
                break;
            case AlertEvaluation.WindowEnded ended:
                await EndWindowAsync(ended, facts, cancellationToken);
                break;
            case AlertEvaluation.Denied denied:
                _findings.AddWindow(AlertType.Denied, new WindowKey(denied.Account, denied.Period, denied.Window), denied.Users, facts, context, denied.Figures);
                break;
            case AlertEvaluation.Paused paused:
                FollowPause(paused, today);
                break;
            case AlertEvaluation.Resumed resumed:
                await FollowResumeAsync(resumed, today, cancellationToken);
                break;
            case AlertEvaluation.Unpriced unpriced:
                _findings.AddEvent(AlertType.Unpriced, unpriced.CostCenter, today, unpriced.Model, context);
                break;
            case AlertEvaluation.Conflict conflict:
                _findings.AddEvent(AlertType.Conflict, conflict.CostCenter, today, conflict.RequestId, context);
                break;
            case AlertEvaluation.Unsettled unsettled:
                _findings.AddEvent(AlertType.Unsettled, unsettled.CostCenter, today, unsettled.Reservation is { } lapsed ? context.Describe(lapsed, unsettled.CostCenter) : null, context);
                break;
            case AlertEvaluation.Created created:
                // A tenant is told nothing of other tenants.
                var near = CostCenterId.ParentOf(created.NewFrom) is null ? null : await NearestCostCenter.FindAsync(transaction, created.CostCenter, created.NewFrom, cancellationToken);
                _findings.AddCreated(created.CostCenter, today, near, context);
                break;
            default:
                throw new UnreachableException($"An evaluation of the type {evaluation.GetType()}.");
        }
    }

    /// <summary>Users and children may hang on the cost center's budget; of a user only that one account does. The end of an increase is a change too.</summary>
    private async Task FollowLimitsAsync(AlertEvaluation.LimitsChanged changed, EvaluationFacts facts, DateOnly today, CancellationToken cancellationToken)
    {
        if (changed.User is null) await transaction.ExpandAsync(changed.CostCenter, facts.Budgets.GetValueOrDefault(changed.Account)?.PerChild is not null, today, cancellationToken);
        foreach (var increase in facts.Increases[changed.Account])
        {
            if (increase.Until > context.Now) _schedule.Add(changed with { EndedIncrease = increase.Id, DueAt = increase.Until });
        }
    }

    private void FollowPause(AlertEvaluation.Paused paused, DateOnly today)
    {
        _findings.AddPause(AlertType.Paused, paused.CostCenter, paused.Pause, today, context);
        if (paused.Pause.Until is { } until) _schedule.Add(new AlertEvaluation.Resumed(paused.CostCenter, paused.Pause with { Expires = true }) { Cause = paused.Cause, DueAt = until });
    }

    private async Task FollowResumeAsync(AlertEvaluation.Resumed resumed, DateOnly today, CancellationToken cancellationToken)
    {
        // A pause that ends by itself has not ended if it was replaced; that it was taken away was told then.
        if (resumed.Pause is { Expires: true, Until: not null } && !await transaction.StandsAsync(resumed.CostCenter, resumed.Pause, cancellationToken)) return;
        _findings.AddPause(AlertType.Resumed, resumed.CostCenter, resumed.Pause, today, context);
    }

    private async Task EndWindowAsync(AlertEvaluation.WindowEnded ended, EvaluationFacts facts, CancellationToken cancellationToken)
    {
        // A change of zone moves the end of the day.
        if (context.CalendarOf(ended.CostCenter).EndOf(ended.Period, ended.Window) is { } end && end > context.Now)
        {
            _schedule.Add(ended with { DueAt = end });
            return;
        }

        var window = new WindowKey(ended.Account, ended.Period, ended.Window);
        var denied = AlertIds.OfWindowOnce(AlertType.Denied, ended.CostCenter, ended.User, ended.Period, ended.Window);
        if (await transaction.FindAlertAsync(denied, cancellationToken) is { } told && told.User == ended.User) _findings.AddWindow(AlertType.WindowReset, window, told.Users, facts, context);
        await ResolveAsync(window, cancellationToken);
    }

    private async Task FireAsync(EvaluationFacts facts, CancellationToken cancellationToken)
    {
        var fired = _findings.Fired.Count == 0
            ? (IReadOnlySet<MarkKey>)ImmutableHashSet<MarkKey>.Empty
            : await transaction.FireAsync([.. _findings.Fired.Select(f => (f.Key, f.Crossing.Generation))], context.Now, cancellationToken);
        foreach (var found in _findings.Fired.Where(f => f.Crossing.Level is not null && fired.Contains(f.Key))) _findings.AddCrossing(found, facts, context);
        if (_findings.Rearmed.Count == 0) return;
        await transaction.RearmAsync(_findings.Rearmed, context.Now, cancellationToken);
        foreach (var window in _findings.Rearmed.Select(m => m.In).Distinct())
        {
            var stillFired = facts.Marks[window.Account].Any(m => m.Fired && m.Period == window.Period && m.Window == window.Window
                && !_findings.Rearmed.Contains(new MarkKey(window.Account, m.Period, m.Window, m.At)));
            if (!stillFired) await ResolveAsync(window, cancellationToken);
        }
    }

    private async Task InsertAsync(CancellationToken cancellationToken)
    {
        if (_findings.Candidates.Count == 0) return;
        var existing = await transaction.ExistingAsync([.. _findings.Candidates.Keys], cancellationToken);
        foreach (var alert in _findings.InOrder().Where(a => a.Users > 1 && existing.Contains(a.Id))) await CountAsync(alert, cancellationToken);
        var found = _findings.InOrder().Where(a => !existing.Contains(a.Id)).ToList();
        if (found.Count == 0) return;
        var alerts = await CompleteAsync(context.Trace is null ? found : found.ConvertAll(a => a with { Trace = context.Trace }), cancellationToken);
        var inserted = await transaction.InsertAsync(alerts, cancellationToken);
        var deliveries = new List<(string, string, bool)>();
        foreach (var alert in alerts.Where(a => inserted.Contains(a.Id)))
        {
            _stored.Add(alert);
            var taking = (await KnownAsync(cancellationToken)).Where(c => c.Takes(alert)).ToList();
            deliveries.AddRange(taking.Select(c => (alert.Id, c.Name, c.ClosesIncident(alert))));
            _channels.UnionWith(taking.Select(c => c.Name));
            // Somebody waits to hear that it is over.
            if (alert.Type == AlertType.Denied || (IEvaluationTransaction.BeginsIncident(alert.Type) && taking.Exists(c => c.Type == ChannelType.PagerDuty))) ScheduleEnd(alert);
        }

        if (deliveries.Count > 0) await transaction.DeliverAsync(deliveries, context.Now, cancellationToken);
    }

    /// <summary>The one fact of an alert that grows after it was found.</summary>
    private async Task CountAsync(Alert counted, CancellationToken cancellationToken)
    {
        if (await transaction.FindAlertAsync(counted.Id, cancellationToken) is { } told && told.Users < counted.Users)
        {
            await transaction.UpdateAlertAsync(told with { Users = counted.Users }, cancellationToken);
        }
    }

    private void ScheduleEnd(Alert alert)
    {
        if (alert is not { Period: { } period, ResetsAt: { } end }) return;
        _schedule.Add(new AlertEvaluation.WindowEnded(alert.CostCenter, alert.User, alert.Window, period) { DueAt = end });
    }

    /// <summary>Adds who spends, and advice, to alerts about a limit.</summary>
    private async Task<IReadOnlyList<Alert>> CompleteAsync(List<Alert> alerts, CancellationToken cancellationToken)
    {
        var months = alerts.Where(AlertFindings.TellsSpend).Select(a => (a.CostCenter, context.CalendarOf(a.CostCenter).DateOf(context.Now))).ToHashSet();
        if (months.Count == 0) return alerts;
        var spend = await transaction.ReadSpendAsync(months, cancellationToken);
        return alerts.ConvertAll(a => AlertFindings.TellsSpend(a) ? AlertFindings.WithSpend(a, spend.GetValueOrDefault(a.CostCenter, SpendFacts.None), context) : a);
    }

    private async Task ResolveAsync(WindowKey window, CancellationToken cancellationToken)
    {
        var resolving = (await KnownAsync(cancellationToken)).Where(c => c.Type == ChannelType.PagerDuty && c.Disabled is null).Select(c => c.Name).ToList();
        if (resolving.Count > 0) _channels.UnionWith(await transaction.ResolveAsync(window, resolving, context.Now, cancellationToken));
    }

    private async Task<IReadOnlyList<Channel>> KnownAsync(CancellationToken cancellationToken) =>
        _known ??= await transaction.ReadChannelsAsync(cancellationToken);
}
