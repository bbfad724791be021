using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>An evaluation's statements, for both databases. Dates of windows travel as JSON: the driver takes the first of all dates for infinity.</summary>
internal sealed class SqlEvaluation(LedgerSession session) : IEvaluationTransaction
{
    private static readonly (string, string)[] ListColumns =
        [("kind", "bigint"), ("cost_center", "text"), ("user_name", "text"), ("window_date", "date"), ("detail_key", "text")];

    private static readonly (string, string)[] MarkColumns =
        [("cost_center", "text"), ("user_name", "text"), ("period", "bigint"), ("window_date", "date"), ("at", "bigint"), ("generation", "bigint")];

    private readonly Dialect _dialect = session.Dialect;

    public async Task<IReadOnlyList<AlertEvaluation>> TakeDueAsync(
        DateTimeOffset now, int limit, bool balances, DateTimeOffset? keptUntil, CancellationToken cancellationToken)
    {
        var due = await session.ListAsync(
            $"""
            select kind, cost_center, user_name, window_date, detail, cause, due_at from looks u
            where due_at <= @now {(balances ? "" : $"and kind <> {(int)EvaluationKind.BalanceChanged}")} order by due_at limit @limit {_dialect.SkipLocked}
            """,
            r => new EvaluationRow((EvaluationKind)r.Long(), r.Text(), r.TextOrEmpty(), r.Date(), r.Text(), (AlertCause)r.Long(), r.Time()), cancellationToken,
            ("now", now), ("limit", (long)limit));
        var taken = due;
        if (keptUntil is { } until)
        {
            taken = [.. due.Where(e => e.Kind != EvaluationKind.BalanceChanged)];
            due = [.. due.Select(e => e.Kind == EvaluationKind.BalanceChanged ? e with { DueAt = until } : e)];
            await WriteAsync("update looks set due_at = @until", [.. due.Where(e => e.Kind == EvaluationKind.BalanceChanged)], cancellationToken, ("until", until));
        }

        await WriteAsync("delete from looks", taken, cancellationToken);
        return due.ConvertAll(e => e.ToEvaluation());
    }

    public Task ForgetAsync(IReadOnlyList<AlertEvaluation> kept, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"""
            delete from looks where (kind, cost_center, user_name, window_date, detail_key) in
                (select u.kind, u.cost_center, u.user_name, u.window_date, u.detail_key
                from looks u join {_dialect.Rows("@rows", "r", [.. ListColumns, ("due_at", "timestamp")])}
                    on (u.kind, u.cost_center, u.user_name, u.window_date, u.detail_key) = (r.kind, r.cost_center, r.user_name, r.window_date, r.detail_key) and u.due_at = r.due_at
                {_dialect.SkipLocked})
            """,
            cancellationToken, ("rows", EvaluationList.Json(_dialect, kept.Select(EvaluationRow.Of))));

    private async Task WriteAsync(string statement, IReadOnlyList<EvaluationRow> evaluations, CancellationToken cancellationToken, params (string, object?)[] parameters)
    {
        if (evaluations.Count == 0) return;
        await session.ExecuteAsync(
            $"""
            {statement} where (kind, cost_center, user_name, window_date, detail_key) in
                (select r.kind, r.cost_center, r.user_name, r.window_date, r.detail_key from {_dialect.Rows("@rows", "r", ListColumns)})
            """,
            cancellationToken, [.. parameters, ("rows", EvaluationList.Json(_dialect, evaluations))]);
    }

    public Task ScheduleAsync(IReadOnlyCollection<AlertEvaluation> evaluations, CancellationToken cancellationToken) => EvaluationList.AddAsync(session, evaluations, cancellationToken);

    public Task ExpandAsync(string costCenter, bool children, DateOnly today, CancellationToken cancellationToken)
    {
        var json = JsonRows.Of([today], (to, date) => _dialect.WriteDate(to, "today", date));
        var accounts = "select cost_center, user_name from balances where cost_center = @cost_center and user_name > '' and period = 3 and window_date = @month";
        if (children) accounts += " union select path, '' from cost_centers where parent = @cost_center";
        return session.ExecuteAsync(
            $"""
            insert into looks (kind, cost_center, user_name, window_date, detail_key, detail, cause, due_at)
            select {(int)EvaluationKind.BalanceChanged}, a.cost_center, a.user_name, d.today, '', '', {(int)AlertCause.LimitChange}, @due_at
            from ({accounts}) a cross join {_dialect.Rows("@today", "d", ("today", "date"))} where true
            order by a.cost_center, a.user_name
            {EvaluationList.OnConflict}
            """,
            cancellationToken, ("cost_center", costCenter), ("month", Window.Containing(Period.Monthly, today)), ("today", json), ("due_at", DateTimeOffset.UnixEpoch));
    }

    public Task<EvaluationFacts> ReadAsync(IReadOnlyList<AccountKey> accounts, DateOnly fromDay, CancellationToken cancellationToken)
    {
        if (accounts.Count == 0) return Task.FromResult(NoFacts);
        var paths = accounts.Select(a => a.CostCenter).Distinct(StringComparer.Ordinal).ToArray();
        var budgeted = paths.Concat(paths.Select(CostCenterId.ParentOf).OfType<string>()).Distinct(StringComparer.Ordinal).ToArray();
        var users = accounts.Select(a => a.User).Append("").Distinct(StringComparer.Ordinal).ToArray();
        var (here, named) = (_dialect.In("cost_center", "@paths"), _dialect.In("user_name", "@users"));
        return session.QueryAsync(
            $"""
            select cost_center, user_name, period, window_date, at, generation, fired from threshold_marks
            where {here} and {named} and (period = {(int)Period.Total} or window_date >= @from_month)
            order by cost_center, user_name, period, window_date, at {_dialect.ForUpdate};
            select cost_center, user_name, budget from budgets where {_dialect.In("cost_center", "@budgeted")} and {named};
            select {IncreaseTable.Columns} from increases where {here};
            select cost_center, user_name, period, window_date, spent, requests, version from balances
            where {here} and {named} and (period = 3 or (period = 1 and window_date >= @from_day))
            """,
            async rows =>
            {
                var marks = await rows.RestAsync(
                    r => (Key: Key(r), Mark: new ThresholdMark((Period)r.Long(), r.Date(), MarkKey.AtOf(r.Long()), r.Int(), r.Flag())), cancellationToken);
                var budgets = await rows.NextResultAsync(r => (Key: Key(r), Budget: r.Budget()), cancellationToken);
                var increases = await rows.NextResultAsync(IncreaseTable.Read, cancellationToken);
                var balances = await rows.NextResultAsync(r => (Key: Key(r), Period: (Period)r.Long(), Dated: NodeReader.Dated(r)), cancellationToken);
                return new EvaluationFacts(
                    budgets.ToDictionary(b => b.Key, b => b.Budget), increases.ToLookup(i => new AccountKey(i.CostCenter, i.User ?? "")),
                    balances.ToLookup(b => b.Key, b => (b.Period, b.Dated)), marks.ToLookup(m => m.Key, m => m.Mark));
            },
            cancellationToken, ("paths", paths), ("users", users), ("budgeted", budgeted), ("from_day", fromDay),
            ("from_month", Window.Containing(Period.Monthly, fromDay)));
    }

    public async Task<IReadOnlySet<MarkKey>> FireAsync(
        IReadOnlyList<(MarkKey Key, int Generation)> marks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fired = await session.ListAsync(
            $"""
            insert into threshold_marks as m (cost_center, user_name, period, window_date, at, generation, fired, changed_at)
            select r.cost_center, r.user_name, r.period, r.window_date, r.at, r.generation, @fired, @now from {_dialect.Rows("@rows", "r", MarkColumns)} where true
            order by r.cost_center, r.user_name, r.period, r.window_date, r.at
            on conflict (cost_center, user_name, period, window_date, at) do update set fired = excluded.fired, changed_at = excluded.changed_at
            where not m.fired and m.generation = excluded.generation
            returning cost_center, user_name, period, window_date, at
            """,
            r => new MarkKey(Key(r), (Period)r.Long(), r.Date(), MarkKey.AtOf(r.Long())), cancellationToken,
            ("rows", Json(marks)), ("fired", true), ("now", now));
        return fired.ToHashSet();
    }

    public Task RearmAsync(IReadOnlyList<MarkKey> marks, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"""
            update threshold_marks set fired = @fired, generation = generation + 1, changed_at = @now
            where (cost_center, user_name, period, window_date, at) in
                (select r.cost_center, r.user_name, r.period, r.window_date, r.at from {_dialect.Rows("@rows", "r", MarkColumns)})
            """,
            cancellationToken, ("rows", Json(marks.Select(m => (m, 0)))), ("fired", false), ("now", now));

    private string Json(IEnumerable<(MarkKey Key, int Generation)> marks) => JsonRows.Of(marks, (to, mark) =>
    {
        to.WriteString("cost_center", mark.Key.Account.CostCenter);
        to.WriteString("user_name", mark.Key.Account.User);
        to.WriteNumber("period", (int)mark.Key.Period);
        _dialect.WriteDate(to, "window_date", mark.Key.Window);
        to.WriteNumber("at", mark.Key.StoredAt);
        to.WriteNumber("generation", mark.Generation);
    });

    public async Task<IReadOnlySet<string>> ExistingAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        (await session.ListAsync($"select id from alerts where {_dialect.In("id", "@ids")}", r => r.Text(), cancellationToken, ("ids", ids.ToArray())))
        .ToHashSet(StringComparer.Ordinal);

    public async Task<Alert?> FindAlertAsync(string id, CancellationToken cancellationToken) => (await AlertTable.FindAsync(session, id, cancellationToken))?.Alert;

    public Task UpdateAlertAsync(Alert alert, CancellationToken cancellationToken) => AlertTable.UpdateAsync(session, alert, cancellationToken);

    public Task<IReadOnlyDictionary<string, SpendFacts>> ReadSpendAsync(
        IReadOnlyCollection<(string CostCenter, DateOnly Date)> months, CancellationToken cancellationToken) =>
        SpendTables.ReadAsync(session, months, cancellationToken);

    public async Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken) => await ChannelTable.ListAsync(session, cancellationToken);

    public Task<bool> DisableChannelAsync(Channel channel, string reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChannelTable.DisableAsync(session, channel, reason, now, cancellationToken);

    public async Task<IReadOnlySet<string>> InsertAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellationToken) =>
        await AlertTable.InsertAsync(session, alerts, cancellationToken);

    public Task DeliverAsync(IReadOnlyList<(string AlertId, string Channel, bool Resolves)> deliveries, DateTimeOffset now, CancellationToken cancellationToken) =>
        DeliveryTable.InsertAsync(session, deliveries, now, cancellationToken);

    public Task<IReadOnlyList<string>> ResolveAsync(
        WindowKey window, IReadOnlyCollection<string> channels, DateTimeOffset now, CancellationToken cancellationToken) =>
        DeliveryTable.ResolveAsync(session, window, channels, now, cancellationToken);

    public Task<IReadOnlySet<string>> ReadExistingAsync(IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        CostCenterNames.ReadExistingAsync(session, paths, cancellationToken);

    public Task<IReadOnlyList<string>> ReadSiblingsAsync(string costCenter, int limit, CancellationToken cancellationToken) =>
        CostCenterNames.ReadSiblingsAsync(session, costCenter, limit, cancellationToken);

    public Task<bool> StandsAsync(string costCenter, PauseEvent pause, CancellationToken cancellationToken) =>
        session.AnyAsync(
            "select 1 from pauses where cost_center = @cost_center and user_name = @user_name and model = @model and made_at = @made_at", cancellationToken,
            ("cost_center", costCenter), ("user_name", pause.User ?? ""), ("model", pause.Model ?? ""), ("made_at", pause.At));

    private static readonly EvaluationFacts NoFacts = new(
        new Dictionary<AccountKey, Budget>(), Array.Empty<Increase>().ToLookup(i => default(AccountKey)),
        Array.Empty<AccountKey>().ToLookup(k => k, k => default((Period, DatedBalance))), Array.Empty<AccountKey>().ToLookup(k => k, k => default(ThresholdMark)));

    private static AccountKey Key(RowReader r) => new(r.Text(), r.Text());
}
