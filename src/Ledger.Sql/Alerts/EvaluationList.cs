using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>The list of evaluations that the sweep takes.</summary>
internal static class EvaluationList
{
    /// <summary>
    /// Updates, where it could do nothing: that waits for a sweep that has taken the row already, and may have read too early, and then inserts it again.
    /// </summary>
    public const string OnConflict =
        """
        on conflict (kind, cost_center, user_name, window_date, detail_key) do update
        set due_at = case when excluded.due_at < looks.due_at then excluded.due_at else looks.due_at end,
            cause = case when excluded.cause > looks.cause then excluded.cause else looks.cause end
        """;

    public static Task AddAsync(LedgerSession session, IReadOnlyCollection<AlertEvaluation> evaluations, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"""
            insert into looks (kind, cost_center, user_name, window_date, detail_key, detail, cause, due_at)
            select r.kind, r.cost_center, r.user_name, r.window_date, r.detail_key, r.detail, r.cause, r.due_at
            from {session.Dialect.Rows(
                "@rows", "r", ("kind", "bigint"), ("cost_center", "text"), ("user_name", "text"), ("window_date", "date"), ("detail_key", "text"), ("detail", "text"),
                ("cause", "bigint"), ("due_at", "timestamp"))} where true
            order by r.kind, r.cost_center, r.user_name, r.window_date, r.detail_key
            {OnConflict}
            """,
            cancellationToken,
            ("rows", Json(session.Dialect, evaluations.Select(EvaluationRow.Of).DistinctBy(e => (e.Kind, e.CostCenter, e.User, e.Date, e.Detail)))));

    public static string Json(Dialect dialect, IEnumerable<EvaluationRow> evaluations) => JsonRows.Of(evaluations, (to, row) =>
    {
        to.WriteNumber("kind", (int)row.Kind);
        to.WriteString("cost_center", row.CostCenter);
        to.WriteString("user_name", row.User ?? "");
        dialect.WriteDate(to, "window_date", row.Date);
        to.WriteString("detail_key", row.DetailKey);
        to.WriteString("detail", row.Detail);
        to.WriteNumber("cause", (int)row.Cause);
        dialect.WriteTime(to, "due_at", row.DueAt);
    });
}
