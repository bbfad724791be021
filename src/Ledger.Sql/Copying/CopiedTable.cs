using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Copying;

/// <summary>A table that both databases have, as PostgreSQL describes it.</summary>
/// <param name="Key">Columns that order its rows, each row once.</param>
/// <param name="Identity">The column that PostgreSQL numbers by itself; null: none.</param>
internal sealed record CopiedTable(string Name, List<CopiedColumn> Columns, List<CopiedColumn> Key, string? Identity)
{
    public const string Usage = "usage";

    /// <summary>Of this process, of this database, or made anew from what is copied.</summary>
    private static readonly string[] _notCopied =
        ["migrations", "counters", "leases", "node_takeovers", .. RollUpCursors.Tables, "spend_lists", "spend_list_fills", "warehouse_cursor", "user_fills", CopyProgress.Table];

    /// <summary>Nobody holds a node of a ledger that was copied; only its stamps must go on to grow.</summary>
    private static readonly Dictionary<(string, string), string> _instead = new()
    {
        [("node_epochs", "process")] = "''", [("node_epochs", "taken_from")] = "''", [("node_epochs", "wait_until")] = "null",
    };

    /// <summary>Usage has no key of its own in PostgreSQL: in the order in which it was recorded, which is also that of its numbers in SQLite.</summary>
    private static readonly string[] _usageKey = ["recorded_at", "tenant", "request_id", "kind", "cost_center", "booked_date"];

    /// <summary>All that are copied, those first to which others refer.</summary>
    public static async Task<IReadOnlyList<CopiedTable>> ReadAsync(LedgerDatabase postgres, CancellationToken cancellationToken) => await postgres.ReadAsync(
        async s =>
        {
            var columns = await s.ListAsync(
                """
                select c.table_name::text, c.column_name::text, c.udt_name::text, c.is_generated <> 'NEVER', c.is_identity = 'YES'
                from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
                where c.table_schema = 'budget' and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position
                """,
                r => (Table: r.Text(), Column: r.Text(), Type: r.Text(), Generated: r.Flag(), Identity: r.Flag()), cancellationToken);
            var keys = await s.ListAsync(
                """
                select t.relname::text, a.attname::text from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
                cross join lateral unnest(i.indkey) with ordinality k(attnum, place) join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
                where i.indisprimary and n.nspname = 'budget' order by t.relname, k.place
                """,
                r => (Table: r.Text(), Column: r.Text()), cancellationToken);
            var referring = await s.ListAsync(
                "select t.relname::text from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace where c.contype = 'f' and n.nspname = 'budget'",
                r => r.Text(), cancellationToken);
            return columns.Where(c => !_notCopied.Contains(c.Table)).GroupBy(c => c.Table)
                .OrderBy(t => referring.Contains(t.Key)).ThenBy(t => t.Key, StringComparer.Ordinal)
                .Select(t =>
                {
                    var copied = t.Where(c => !c.Generated && CopiedColumn.KindOf(c.Type) is not null)
                        .Select(c => new CopiedColumn(c.Column, CopiedColumn.KindOf(c.Type)!.Value, _instead.GetValueOrDefault((c.Table, c.Column)))).ToList();
                    var key = t.Key == Usage ? _usageKey : [.. keys.Where(k => k.Table == t.Key).Select(k => k.Column)];
                    if (key.Length == 0) throw new InvalidOperationException($"The table {t.Key} has no key to copy it by.");
                    return new CopiedTable(t.Key, copied, [.. key.Select(k => copied.First(c => c.Name == k))], t.FirstOrDefault(c => c.Identity).Column);
                })
                .ToList();
        },
        cancellationToken);

    /// <summary>The next rows after one, in the order of the key.</summary>
    /// <param name="after">Values of the key; null: from the first row.</param>
    public async Task<List<object?[]>> ReadRowsAsync(LedgerSession s, bool isPostgres, IReadOnlyList<object?>? after, int limit, CancellationToken cancellationToken)
    {
        var key = string.Join(", ", Key.Select(k => k.Name));
        var beyond = after is null ? "" : $" where ({key}) > ({string.Join(", ", Key.Select((_, i) => $"@k{i}"))})";
        await using var command = s.Command(
            $"select {string.Join(", ", Columns.Select(c => c.Read(isPostgres)))} from {Name}{beyond} order by {key} limit {limit}",
            after is null ? [] : [.. after.Select((v, i) => ($"k{i}", v))]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add([.. Columns.Select((c, i) => c.Value(reader, i, s.Dialect))]);
        return rows;
    }

    public IReadOnlyList<object?> KeyOf(object?[] row) => [.. Key.Select(k => row[Columns.IndexOf(k)])];
}
