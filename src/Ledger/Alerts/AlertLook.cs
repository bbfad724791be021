using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>
/// Looks at cost centers and users: which thresholds are reached by the ledger's own balances and have not fired, which are to be armed again, and which other
/// events have not been told. Ids are hashes of what happened and the marks are locked, so whoever looks, and however often, each thing is told once.
/// </summary>
internal sealed class AlertLook(ILookTransaction transaction, AlertContext context)
{
    private readonly AlertFindings _findings = new();
    private readonly HashSet<string> _channels = new(StringComparer.Ordinal);
    private readonly List<Look> _schedule = [];
    private readonly List<Alert> _stored = [];
    private IReadOnlyList<Channel>? _known;

    public async Task<LookResult> SweepAsync(IReadOnlyList<Look> told, int limit, CancellationToken cancellationToken)
    {
        if (told.Count > 0) await transaction.ForgetAsync(told, cancellationToken);
        var looks = await transaction.TakeDueAsync(context, limit, cancellationToken);
        if (looks.Count == 0) return LookResult.Nothing;
        var facts = await RunAsync(looks, cancellationToken);
        return new LookResult([.. _channels], looks.Count, context.KeptUntil is null ? [] : AlertAccounts.Untold(looks, facts), _stored);
    }

    public async Task<LookResult> LookAsync(IReadOnlyList<Look> looks, CancellationToken cancellationToken)
    {
        await RunAsync(looks, cancellationToken);
        return new LookResult([.. _channels], 0, [], _stored);
    }

    private async Task<LookFacts> RunAsync(IReadOnlyList<Look> looks, CancellationToken cancellationToken)
    {
        var accounts = new AlertAccounts(looks, context);
        var facts = await transaction.ReadAsync(accounts.Keys, accounts.FromDay, cancellationToken);
        foreach (var key in accounts.Keys) _findings.Evaluate(key, accounts.DatesOf(key), accounts.CauseOf(key), facts, context);
        foreach (var look in looks) await FollowAsync(look, facts, cancellationToken);
        await FireAsync(facts, cancellationToken);
        await InsertAsync(cancellationToken);
        if (_schedule.Count > 0) await transaction.ScheduleAsync(_schedule, cancellationToken);
        return facts;
    }

    /// <summary>What a look means besides its account's thresholds.</summary>
    private async Task FollowAsync(Look look, LookFacts facts, CancellationToken cancellationToken)
    {
        var today = context.CalendarOf(look.CostCenter).DateOf(context.Now);
        switch (look.Kind)
        {
            case LookKind.Limits:
                await FollowLimitsAsync(look, facts, today, cancellationToken);
                break;
            case LookKind.WindowEnd:
                await EndWindowAsync(look, facts, cancellationToken);
                break;
            case LookKind.Denied:
                _findings.AddDenied(look, facts, context);
                break;
            case LookKind.Paused or LookKind.Resumed:
                await FollowPauseAsync(look, today, cancellationToken);
                break;
            case LookKind.Unpriced:
                _findings.AddEvent(AlertType.Unpriced, look, today, look.Detail, context);
                break;
            case LookKind.Conflict:
                _findings.AddEvent(AlertType.Conflict, look, today, look.Detail, context);
                break;
            case LookKind.Unsettled:
                _findings.AddEvent(AlertType.Unsettled, look, today, null, context);
                break;
        }
    }

    /// <summary>Users and children may hang on the cost center's budget; of a user only that one account does. The end of an increase is a change too.</summary>
    private async Task FollowLimitsAsync(Look look, LookFacts facts, DateOnly today, CancellationToken cancellationToken)
    {
        var key = new AccountKey(look.CostCenter, look.User ?? "");
        if (look.User is null) await transaction.ExpandAsync(look.CostCenter, facts.Budgets.GetValueOrDefault(key)?.PerChild is not null, today, cancellationToken);
        foreach (var increase in facts.Increases[key])
        {
            if (increase.Until > context.Now) _schedule.Add(look with { Detail = increase.Id, DueAt = increase.Until });
        }
    }

    private async Task FollowPauseAsync(Look look, DateOnly today, CancellationToken cancellationToken)
    {
        var pause = JsonSerializer.Deserialize(look.Detail, AlertsJson.Default.PauseEvent)!;
        // A pause that ends by itself has not ended if it was replaced; that it was taken away was told then.
        if (look.Kind == LookKind.Resumed && pause is { Expires: true, Until: not null } && !await transaction.StandsAsync(look.CostCenter, pause, cancellationToken)) return;
        _findings.AddPause(look, pause, today, context);
        if (look.Kind == LookKind.Paused && pause.Until is { } until)
        {
            _schedule.Add(look with { Kind = LookKind.Resumed, DueAt = until, Detail = JsonSerializer.Serialize(pause with { Expires = true }, AlertsJson.Default.PauseEvent) });
        }
    }

    private async Task EndWindowAsync(Look look, LookFacts facts, CancellationToken cancellationToken)
    {
        var period = Look.PeriodOf(look.Detail);
        // A change of zone moves the end of the day.
        if (context.CalendarOf(look.CostCenter).EndOf(period, look.Date) is { } end && end > context.Now)
        {
            _schedule.Add(look with { DueAt = end });
            return;
        }

        var denied = AlertIds.Of(AlertType.Denied, look.CostCenter, look.User, look.Date, look.Detail);
        if ((await transaction.ExistingAsync([denied], cancellationToken)).Count > 0) _findings.AddReset(look, period, facts, context);
        await ResolveAsync(new WindowKey(new AccountKey(look.CostCenter, look.User ?? ""), period, look.Date), cancellationToken);
    }

    private async Task FireAsync(LookFacts facts, CancellationToken cancellationToken)
    {
        var fired = _findings.Fired.Count == 0
            ? (IReadOnlySet<MarkKey>)ImmutableHashSet<MarkKey>.Empty
            : await transaction.FireAsync([.. _findings.Fired.Select(f => (f.Key, f.Crossing.Generation))], context.Now, cancellationToken);
        foreach (var found in _findings.Fired.Where(f => f.Crossing.Level is not null && fired.Contains(f.Key))) _findings.AddCrossing(found, context);
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
        var news = _findings.InOrder().Where(a => !existing.Contains(a.Id)).ToList();
        if (news.Count == 0) return;
        var alerts = await CompleteAsync(news, cancellationToken);
        var inserted = await transaction.InsertAsync(alerts, cancellationToken);
        var deliveries = new List<(string, string, bool)>();
        foreach (var alert in alerts.Where(a => inserted.Contains(a.Id)))
        {
            _stored.Add(alert);
            var taking = (await KnownAsync(cancellationToken)).Where(c => c.Takes(alert)).ToList();
            deliveries.AddRange(taking.Select(c => (alert.Id, c.Name, c.TellsAsOver(alert))));
            _channels.UnionWith(taking.Select(c => c.Name));
            // Somebody waits to hear that it is over.
            if (alert.Type == AlertType.Denied || (ILookTransaction.BeginsIncident(alert.Type) && taking.Exists(c => c.Type == ChannelType.PagerDuty))) ScheduleEnd(alert);
        }

        if (deliveries.Count > 0) await transaction.DeliverAsync(deliveries, context.Now, cancellationToken);
    }

    private void ScheduleEnd(Alert alert)
    {
        if (alert is not { Period: { } period, ResetsAt: { } end }) return;
        _schedule.Add(new Look(LookKind.WindowEnd, alert.CostCenter, alert.User, alert.Window, Look.DetailOf(period), AlertCause.Usage, end));
    }

    /// <summary>Adds who spends, and advice, to alerts about a limit.</summary>
    private async Task<IReadOnlyList<Alert>> CompleteAsync(List<Alert> alerts, CancellationToken cancellationToken)
    {
        var months = alerts.Where(AlertFindings.HasAdvice).Select(a => (a.CostCenter, context.CalendarOf(a.CostCenter).DateOf(context.Now))).ToHashSet();
        if (months.Count == 0) return alerts;
        var spend = await transaction.ReadSpendAsync(months, cancellationToken);
        return alerts.ConvertAll(a => AlertFindings.HasAdvice(a) ? AlertFindings.WithAdvice(a, spend.GetValueOrDefault(a.CostCenter, SpendFacts.None), context) : a);
    }

    private async Task ResolveAsync(WindowKey window, CancellationToken cancellationToken)
    {
        var resolving = (await KnownAsync(cancellationToken)).Where(c => c.Type == ChannelType.PagerDuty && c.Disabled is null).Select(c => c.Name).ToList();
        if (resolving.Count > 0) _channels.UnionWith(await transaction.ResolveAsync(window, resolving, context.Now, cancellationToken));
    }

    private async Task<IReadOnlyList<Channel>> KnownAsync(CancellationToken cancellationToken) =>
        _known ??= await transaction.ReadChannelsAsync(cancellationToken);
}
