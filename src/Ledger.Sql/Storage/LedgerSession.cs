using System.Data.Common;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Sql.Records;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>One transaction (or one snapshot) in which statements run. Statements of one text separated by semicolons take one round trip.</summary>
internal class LedgerSession(DbConnection connection, DbTransaction? transaction, Dialect dialect, Resolution resolution, TimeSpan longTimeout)
{
    public Dialect Dialect => dialect;

    /// <summary>How amounts in documents are counted; columns hold nano-units.</summary>
    public Resolution Resolution => resolution;

    /// <summary>From here on commands may take long: see <see cref="LedgerOptions.LongCommandTimeout"/>.</summary>
    public bool MayTakeLong { get; set; }

    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var command = Command(sql, parameters);
        try
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        finally
        {
            await EndAsync(command);
        }
    }

    /// <summary>Inserts rows. One whose key is there is merged with the row that has it.</summary>
    /// <param name="into">The table, with the alias that <paramref name="onConflict"/> gives it.</param>
    /// <param name="write">Writes a row's values in the order of the columns.</param>
    public virtual Task InsertAsync<T>(
        string into, (string Name, string Type)[] columns, string onConflict, IEnumerable<T> rows, Action<T, IColumnSink> write, CancellationToken cancellationToken) =>
        ExecuteAsync(
            $"""
            insert into {into} ({string.Join(", ", columns.Select(c => c.Name))})
            select {string.Join(", ", columns.Select(c => "r." + c.Name))} from {Dialect.Rows("@rows", "r", columns)} where true
            {onConflict}
            """,
            cancellationToken, ("rows", JsonRows.Of(rows, columns, dialect, write)));

    public Task<List<T>> ListAsync<T>(
        string sql, Func<RowReader, T> map, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        QueryAsync(sql, async rows => await rows.RestAsync(map, cancellationToken), cancellationToken, parameters);

    /// <summary>The first row; the default value when there is none.</summary>
    public async Task<T?> FirstAsync<T>(
        string sql, Func<RowReader, T> map, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var rows = await ListAsync(sql, map, cancellationToken, parameters);
        return rows.Count > 0 ? rows[0] : default;
    }

    /// <summary>The number in the one row of a statement that always has one.</summary>
    public async Task<long> NumberAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var rows = await ListAsync(sql, r => r.Long(), cancellationToken, parameters);
        return rows.Count == 1 ? rows[0] : throw new InvalidOperationException("One row was expected.");
    }

    public async Task<bool> AnyAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        (await ListAsync(sql, _ => true, cancellationToken, parameters)).Count > 0;

    public async Task<T> QueryAsync<T>(
        string sql, Func<RowReader, Task<T>> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var command = Command(sql, parameters);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await read(new RowReader(reader, dialect, resolution));
        }
        finally
        {
            await EndAsync(command);
        }
    }

    /// <summary>For drivers that count in seconds and take 0 for "forever".</summary>
    public static int Seconds(TimeSpan time) => (int)Math.Clamp(time.Ticks / TimeSpan.TicksPerSecond, 1, int.MaxValue);

    public DbCommand Command(string sql, params (string Name, object? Value)[] parameters)
    {
        var command = Begin(sql);
        command.Transaction = transaction;
        if (MayTakeLong) command.CommandTimeout = Seconds(longTimeout);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value is null ? DBNull.Value : dialect.Value(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>A command without parameters.</summary>
    protected virtual DbCommand Begin(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    /// <summary>A command has been run, or has failed.</summary>
    protected virtual ValueTask EndAsync(DbCommand command) => command.DisposeAsync();
}
