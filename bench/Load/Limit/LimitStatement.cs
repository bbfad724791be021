using SQLitePCL;

namespace BudgetEngine.Load.Limit;

/// <summary>A prepared statement of SQLite without ADO.NET, as the engine's: parameter objects and readers would cost more than SQLite itself.</summary>
internal sealed class LimitStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public LimitStatement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v2(connection, sql, out _statement));
    }

    public void Text(string? value) => Check(value is null ? raw.sqlite3_bind_null(_statement, ++_bound) : raw.sqlite3_bind_text(_statement, ++_bound, value));

    public void Number(long? value) => Check(value is { } number ? raw.sqlite3_bind_int64(_statement, ++_bound, number) : raw.sqlite3_bind_null(_statement, ++_bound));

    public void Id(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, bytes));
    }

    /// <summary>Runs it to its end and makes it ready for the next use.</summary>
    /// <returns>How many rows it has changed.</returns>
    public int Run()
    {
        _bound = 0;
        var result = raw.sqlite3_step(_statement);
        var reset = raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE) Check(reset == raw.SQLITE_OK ? result : reset);
        return raw.sqlite3_changes(_connection);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw new InvalidOperationException($"SQLite: {raw.sqlite3_errmsg(_connection).utf8_to_string()}");
    }
}
