using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>
/// Rows are in order by the number of the transaction that wrote them, and numbers are a server's own. A dump brings those of its server along: on one that has not counted as far, what is written from
/// then on would be before all that was restored, for ever in nobody's roll-up, and what was restored in no snapshot. It gets numbers that every server has passed, in the same order about each cursor.
/// </summary>
internal static class ForeignTransactionIds
{
    /// <summary>The migration with the last of the cursors.</summary>
    public const string Migration = "0019_spend_lists";

    /// <summary>The first number that PostgreSQL gives to a transaction; a new cluster has used some hundreds more.</summary>
    private const int First = 3;

    private static readonly (string Table, string Prefix)[] _cursors = [.. RollUpCursors.Tables.Select(t => (t, "")), ("warehouse_cursor", ""), ("warehouse_cursor", "next_")];

    /// <summary>To be run at every start, before anything is written, under the lock of the migrations: a look at a row of each table where there is nothing to do.</summary>
    public static async Task ReplaceAsync(LedgerSession session, CancellationToken cancellationToken)
    {
        var newest = _cursors.Select(c => $"(select {c.Prefix}transaction_id from {c.Table})")
            .Append("(select transaction_id from usage order by transaction_id desc limit 1)").Append("(select (max(before_row::text::numeric) - 1)::text::xid8 from user_fills)");
        if (!await session.AnyAsync($"select 1 where greatest({string.Join(", ", newest)}) >= pg_snapshot_xmax(pg_current_snapshot())", cancellationToken)) return;
        // Another process may be at work here, of a version that does not look.
        await session.ExecuteAsync($"select pg_advisory_xact_lock({PostgresDatabase.BatchLock}), pg_advisory_xact_lock({PostgresDatabase.RollUpLock})", cancellationToken);
        var updates = _cursors.GroupBy(c => c.Table).Select(t => $"c_{t.Key} as (update {t.Key} c set {string.Join(", ", t.Select(c => SetCursor(c.Prefix)))})");
        await session.ExecuteAsync(
            $"""
            with positions as materialized ({string.Join(" union ", _cursors.Select(c => $"select {Position("", c.Prefix)} from {c.Table}").Append("select before_row, '', '' from user_fills"))}),
            {string.Join(",\n", updates)},
            c_user_fills as (update user_fills set before_row = {NumberOf("before_row, '', ''", between: true)})
            update usage u set transaction_id = {NumberOf("u.transaction_id, u.tenant, u.request_id", between: false)}
            """,
            cancellationToken);
    }

    private static string SetCursor(string prefix) =>
        $"{prefix}transaction_id = {NumberOf(Position("c.", prefix), between: true)}, {prefix}tenant = '', {prefix}request_id = ''";

    private static string Position(string alias, string prefix) => $"{alias}{prefix}transaction_id, {alias}{prefix}tenant, {alias}{prefix}request_id";

    /// <summary>Two numbers for each cursor that is before this position: one for the rows up to the next cursor, one for that cursor, which is behind them.</summary>
    private static string NumberOf(string position, bool between) =>
        $"({First + (between ? 1 : 0)} + 2 * (select count(*) from positions p where (p.transaction_id, p.tenant, p.request_id) < ({position})))::text::xid8";
}
