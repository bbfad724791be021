using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Moves;
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

    /// <summary>The ends of pauses that have moved are due under their new names. Those of the old names come to nothing: no such pause stands there.</summary>
    public static Task CopyResumedAsync(LedgerSession session, CostCenterMove move, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"""
            insert into looks (kind, cost_center, user_name, window_date, detail_key, detail, cause, due_at)
            select o.kind, {MovePlan.NewNameOf("o.cost_center")}, o.user_name, o.window_date, o.detail_key, o.detail, o.cause, o.due_at from looks o
            where o.kind = {(int)EvaluationKind.Resumed} and {Subtree.Where("o.cost_center", move.From)}
            {OnConflict}
            """,
            cancellationToken, MovePlan.Parameters(move));

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
