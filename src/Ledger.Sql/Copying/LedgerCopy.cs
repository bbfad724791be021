using BudgetEngine.Domain.Faults;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Copying;

/// <summary>A row of the copy is not that of the original, or the target has rows of its own.</summary>
public sealed class LedgerCopyException(string message) : ExpectedException(message);

/// <summary>Where a copy is.</summary>
/// <param name="Verifying">False: rows are written; true: rows of both ledgers are compared.</param>
public readonly record struct CopyStep(string Table, long Rows, bool Verifying);

/// <summary>
/// Copies a whole ledger from SQLite to PostgreSQL or back: usage, corrections, flags, balances, keys, budgets, prices, channels, alerts, audit, holds. Every row is compared
/// afterwards. It may be broken off anywhere, and goes on where it was when it is run again; until it has ended no engine starts on the target. Leases, the memory of notifiers
/// (Orleans' tables) and the warehouse's place are not copied.
/// </summary>
public sealed class LedgerCopy(LedgerStore from, LedgerStore to, Action<CopyStep> tell)
{
    /// <summary>Rows of one transaction.</summary>
    private const int MaxRows = 2_000;

    /// <summary>Parameters of one statement: PostgreSQL takes 65,535. SQLite looks each of them up by its name among all of the statement, so many take their square.</summary>
    private int MaxParameters => ToPostgres ? 30_000 : 1_000;

    private readonly (LedgerDatabase From, LedgerDatabase To) _databases = (from.Database, to.Database);

    private bool ToPostgres => to is PostgresLedgerStore;

    /// <summary>Both must be open: the source alone, the target for <see cref="LedgerUse.Copy"/>.</summary>
    /// <exception cref="LedgerCopyException">The target is not empty, or a row differs; names which.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (ToPostgres == from is PostgresLedgerStore) throw new ArgumentException("A copy goes from SQLite to PostgreSQL or back.");
        // Roll-ups are copied as they are, and must have all rows: the target counts on from there.
        while (await from.Housekeeping.RollUpAsync(MaxRows, cancellationToken) > 0)
        {
        }

        // Where it is among the rows cannot be told in the other database.
        await UserTracking.FinishAsync(_databases.From, cancellationToken);
        await CheckWarehouseAsync(cancellationToken);
        var tables = await CopiedTable.ReadAsync(ToPostgres ? _databases.To : _databases.From, cancellationToken);
        await BeginAsync(tables, cancellationToken);
        foreach (var table in tables) await CopyAsync(table, cancellationToken);
        foreach (var table in tables) await VerifyAsync(table, cancellationToken);
        await EndAsync(tables, cancellationToken);
    }

    /// <summary>The warehouse's place among the rows cannot be told in the other database: it must be at the end, or at the beginning.</summary>
    private Task<bool> CheckWarehouseAsync(CancellationToken cancellationToken) => _databases.From.ReadAsync(
        async s =>
        {
            var isAtEnd = !await s.AnyAsync(
                $"select 1 from warehouse_cursor c where c.batch > 0 and exists (select 1 from usage u where u.kind <> 2 and ({s.Dialect.RollUpPosition}) > ({string.Join(", ", s.Dialect.RollUpCursor.Split(", ").Select(n => $"c.{n}"))}))",
                cancellationToken);
            return isAtEnd ? true : throw new LedgerCopyException("The warehouse does not have all rows yet: let the engine run until it has, and copy then.");
        },
        cancellationToken);

    private Task<bool> BeginAsync(IReadOnlyList<CopiedTable> tables, CancellationToken cancellationToken) => _databases.To.WriteAsync(
        async s =>
        {
            if (await CopyProgress.HasBegunAsync(s, cancellationToken)) return true;
            foreach (var name in (string[])["usage", "budgets", "api_keys", "price_versions", "audit_entries", "tenants"])
            {
                if (await s.AnyAsync($"select 1 from {name} limit 1", cancellationToken)) throw new LedgerCopyException($"The target is not empty: {name} has rows. Copy into a new database or folder.");
            }

            await CopyProgress.BeginAsync(s, cancellationToken);
            // What a new ledger begins with gives way to what the old one has.
            foreach (var table in tables.Reverse()) await s.ExecuteAsync($"delete from {table.Name}", cancellationToken);
            return true;
        },
        cancellationToken);

    private async Task CopyAsync(CopiedTable table, CancellationToken cancellationToken)
    {
        var (after, done) = await _databases.To.ReadAsync(s => CopyProgress.ReadAsync(s, table, cancellationToken), cancellationToken) ?? (null, 0);
        while (true)
        {
            var from = after;
            var rows = await _databases.From.ReadAsync(s => table.ReadRowsAsync(s, !ToPostgres, from, MaxRows, cancellationToken), cancellationToken);
            if (rows.Count == 0) return;
            after = table.KeyOf(rows[^1]);
            var (position, before) = (after, done);
            done += rows.Count;
            var so = done;
            await _databases.To.WriteAsync(
                async s =>
                {
                    await InsertAsync(s, table, rows, before, cancellationToken);
                    await CopyProgress.WriteAsync(s, table, position, so, cancellationToken);
                    return true;
                },
                cancellationToken);
            tell(new CopyStep(table.Name, done, false));
        }
    }

    private async Task InsertAsync(LedgerSession s, CopiedTable table, List<object?[]> rows, long before, CancellationToken cancellationToken)
    {
        // SQLite numbers its rows of usage.
        var numbers = table.Name == CopiedTable.Usage && !ToPostgres;
        var names = string.Join(", ", table.Columns.Select(c => c.Name)) + (numbers ? ", id" : "");
        var width = table.Columns.Count + (numbers ? 1 : 0);
        foreach (var part in rows.Chunk(MaxParameters / width))
        {
            var parameters = new List<(string, object?)>(part.Length * width);
            var values = part.Select((row, r) =>
            {
                var own = table.Columns.Select((c, i) =>
                {
                    parameters.Add(($"p{r}_{i}", row[i]));
                    return c.Write($"@p{r}_{i}", ToPostgres);
                });
                var line = string.Join(", ", own);
                if (!numbers) return $"({line})";
                parameters.Add(($"n{r}", ++before));
                return $"({line}, @n{r})";
            });
            var sql = string.Join(", ", values);
            await s.ExecuteAsync($"insert into {table.Name} ({names}){(table.Identity is not null && ToPostgres ? " overriding system value" : "")} values {sql}", cancellationToken, [.. parameters]);
        }
    }

    /// <summary>Every row of both ledgers, side by side.</summary>
    private async Task VerifyAsync(CopiedTable table, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?>? after = null;
        for (var compared = 0L; ;)
        {
            var (key, started) = (after, compared);
            var left = await _databases.From.ReadAsync(s => table.ReadRowsAsync(s, !ToPostgres, key, MaxRows, cancellationToken), cancellationToken);
            var right = await _databases.To.ReadAsync(s => table.ReadRowsAsync(s, ToPostgres, key, MaxRows, cancellationToken), cancellationToken);
            for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
            {
                if (i >= left.Count) throw new LedgerCopyException($"The copy has a row of {table.Name} that the original does not have: {NameOf(table, right[i])}.");
                if (i >= right.Count) throw new LedgerCopyException($"The copy lacks a row of {table.Name}: {NameOf(table, left[i])}.");
                for (var c = 0; c < table.Columns.Count; c++)
                {
                    if (CopiedColumn.TextOf(left[i][c]) != CopiedColumn.TextOf(right[i][c])) throw new LedgerCopyException($"The copy differs in {table.Name}.{table.Columns[c].Name} of {NameOf(table, left[i])}: the original has changed since the copy began, perhaps. Empty the target and copy again.");
                }
            }

            if (left.Count == 0) return;
            compared = started + left.Count;
            after = table.KeyOf(left[^1]);
            tell(new CopyStep(table.Name, compared, true));
        }
    }

    private static string NameOf(CopiedTable table, object?[] row) => string.Join(", ", table.KeyOf(row).Select(CopiedColumn.TextOf));

    /// <summary>Counters only grow: of both ledgers, since each start of a process raises one, the target's too.</summary>
    private static async Task CountOnAsync(LedgerSession s, List<(string Name, long Value)> counters, CancellationToken cancellationToken)
    {
        var there = await CountersAsync(s, cancellationToken);
        foreach (var (name, value) in counters)
        {
            var own = there.Find(c => c.Name == name).Value;
            await s.ExecuteAsync(
                "insert into counters (name, value) values (@name, @value) on conflict (name) do update set value = excluded.value", cancellationToken,
                ("name", name), ("value", Math.Max(own, value)));
        }
    }

    private static Task<List<(string Name, long Value)>> CountersAsync(LedgerSession s, CancellationToken cancellationToken) =>
        s.ListAsync("select name, value from counters", r => (r.Text(), r.Long()), cancellationToken);

    private async Task EndAsync(IReadOnlyList<CopiedTable> tables, CancellationToken cancellationToken)
    {
        var counters = await _databases.From.ReadAsync(s => CountersAsync(s, cancellationToken), cancellationToken);
        var batch = await _databases.From.ReadAsync(s => s.NumberAsync("select batch from warehouse_cursor", cancellationToken), cancellationToken);
        await _databases.To.WriteAsync(
            async s =>
            {
                await CountOnAsync(s, counters, cancellationToken);
                await MoveCursorsAsync(s, batch, cancellationToken);
                await SpendLists.BeginFillAsync(s, "", cancellationToken);
                foreach (var table in tables.Where(t => t.Identity is not null && ToPostgres))
                {
                    await s.ListAsync($"select setval(pg_get_serial_sequence('{table.Name}', '{table.Identity}'), coalesce(max({table.Identity}), 1), max({table.Identity}) is not null) from {table.Name}", r => r.Long(), cancellationToken);
                }

                await CopyProgress.EndAsync(s, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Behind all rows: the roll-ups have them, and so has the warehouse, if there is one.</summary>
    /// <param name="batch">Of the source's warehouse; its number tells the warehouse what it has, so it goes on from there.</param>
    private static async Task MoveCursorsAsync(LedgerSession s, long batch, CancellationToken cancellationToken)
    {
        if (!await s.AnyAsync("select 1 from usage limit 1", cancellationToken)) return;
        var cursor = s.Dialect.RollUpCursor.Split(", ");
        var last = $"select {s.Dialect.RollUpPosition} from usage u order by {string.Join(", ", s.Dialect.RollUpPosition.Split(", ").Select(n => $"{n} desc"))} limit 1";
        foreach (var table in RollUpCursors.Tables) await s.ExecuteAsync($"update {table} set ({string.Join(", ", cursor)}) = ({last})", cancellationToken);
        if (batch == 0) return;
        await s.ExecuteAsync($"update warehouse_cursor set batch = @batch, ({string.Join(", ", cursor)}) = ({last})", cancellationToken, ("batch", batch));
        await s.ExecuteAsync($"update warehouse_cursor set {string.Join(", ", cursor.Select(c => $"next_{c} = {c}"))}", cancellationToken);
    }
}
