using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>Alerts as they were found.</summary>
internal static class AlertTable
{
    private const string Columns = "entry, content";

    public static async Task<IReadOnlySet<string>> InsertAsync(LedgerSession session, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var dialect = session.Dialect;
        var json = JsonRows.Of(alerts, (to, alert) =>
        {
            to.WriteString("id", alert.Id);
            to.WriteNumber("type", (int)alert.Type);
            to.WriteString("cost_center", alert.CostCenter);
            to.WriteString("user_name", alert.User ?? "");
            to.WriteNumber("period", (int)(alert.Period ?? 0));
            dialect.WriteDate(to, "window_date", alert.Window);
            dialect.WriteTime(to, "created_at", alert.At);
            to.WriteString("content", AlertDocument.ToJson(alert));
        });
        (string, string)[] columns =
        [
            ("id", "text"), ("type", "bigint"), ("cost_center", "text"), ("user_name", "text"), ("period", "bigint"), ("window_date", "date"),
            ("created_at", "timestamp"), ("content", "text"),
        ];
        var names = string.Join(", ", columns.Select(c => c.Item1));
        var inserted = await session.ListAsync(
            $"""
            insert into alerts ({names}) select {string.Join(", ", columns.Select(c => "r." + c.Item1))} from {dialect.Rows("@rows", "r", columns)} where true
            on conflict (id) do nothing returning id
            """,
            r => r.Text(), cancellationToken, ("rows", json));
        return inserted.ToHashSet(StringComparer.Ordinal);
    }

    public static Task<List<StoredAlert>> ListAsync(
        LedgerSession session, string? under, DateTimeOffset? since, long? before, int limit, CancellationToken cancellationToken) =>
        session.ListAsync(
            $"""
            select {Columns} from alerts
            where {Subtree.Where("cost_center", under)} and {(since is null ? "true" : "created_at >= @since")} and {(before is null ? "true" : "entry < @before")}
            order by entry desc limit @limit
            """,
            Read, cancellationToken,
            [.. Subtree.Parameters(under), .. Optional("since", since), .. Optional("before", before), ("limit", (long)limit)]);

    public static Task<List<StoredAlert>> ListOwnAsync(LedgerSession session, string costCenter, int limit, CancellationToken cancellationToken) =>
        session.ListAsync(
            $"select {Columns} from alerts where cost_center = @cost_center order by entry desc limit @limit", Read, cancellationToken, ("cost_center", costCenter),
            ("limit", (long)limit));

    public static Task<StoredAlert?> FindAsync(LedgerSession session, string id, CancellationToken cancellationToken) =>
        session.FirstAsync<StoredAlert>($"select {Columns} from alerts where id = @id", Read, cancellationToken, ("id", id));

    public static Task UpdateAsync(LedgerSession session, Alert alert, CancellationToken cancellationToken) =>
        session.ExecuteAsync("update alerts set content = @content where id = @id", cancellationToken, ("content", AlertDocument.ToJson(alert)), ("id", alert.Id));

    /// <summary>Deletes what is older; deliveries go with their alerts.</summary>
    public static async Task<int> ForgetAsync(LedgerSession session, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var alerts = await session.ExecuteAsync(
            "delete from alerts where id in (select id from alerts where created_at < @before limit @limit)", cancellationToken,
            ("before", before), ("limit", (long)limit));
        // A mark of a total stays: its window never ends.
        var marks = await session.ExecuteAsync(
            $"""
            delete from threshold_marks where (cost_center, user_name, period, window_date, at) in
                (select cost_center, user_name, period, window_date, at from threshold_marks
                where changed_at < @before and period <> {(int)Period.Total} limit @limit)
            """,
            cancellationToken, ("before", before), ("limit", (long)limit));
        return alerts + marks;
    }

    private static StoredAlert Read(RowReader r) => new(r.Long(), AlertDocument.Read(r.Text()));

    private static IEnumerable<(string Name, object? Value)> Optional<T>(string name, T? value) where T : struct => value is { } v ? [(name, v)] : [];
}
