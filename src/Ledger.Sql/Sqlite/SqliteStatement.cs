using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Records;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>
/// A prepared statement, driven without ADO.NET: a batch runs thousands of them, and parameter objects and readers would cost more than SQLite itself.
/// Parameters are bound one after the other; a step without a further row makes it ready for the next use.
/// </summary>
internal sealed class SqliteStatement : IColumnSink, IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public SqliteStatement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v2(connection, sql, out _statement));
    }

    public void Text(string? value)
    {
        if (value is null) Check(raw.sqlite3_bind_null(_statement, ++_bound));
        else Check(raw.sqlite3_bind_text(_statement, ++_bound, value));
    }

    public void Number(long value) => Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));

    public void NumberOrNull(long? value)
    {
        if (value is { } number) Number(number);
        else Check(raw.sqlite3_bind_null(_statement, ++_bound));
    }

    public void Flag(bool value) => Number(value ? 1 : 0);

    public void Time(DateTimeOffset value) => Number(SqliteDialect.Micros(value));

    public void Date(DateOnly value) => Number(value.DayNumber);

    public void Id(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, bytes));
    }

    public void Bytes(byte[] value) => Check(raw.sqlite3_bind_blob(_statement, ++_bound, value));

    /// <summary>Runs to the end; returns how many rows were changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(_connection);
    }

    /// <summary>True while there is a row.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        _bound = 0;
        // Reset repeats the error of the step, with its details.
        var reset = raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE) throw Error(reset == raw.SQLITE_OK ? result : reset);
        return false;
    }

    /// <summary>Reads one row and resets. The statement must give one.</summary>
    public T One<T>(Func<SqliteStatement, T> read)
    {
        if (!Step()) throw new InvalidOperationException("The statement gave no row.");
        var value = read(this);
        while (Step())
        {
        }

        return value;
    }

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : Text(column);

    public Guid Id(int column) => new(raw.sqlite3_column_blob(_statement, column), bigEndian: true);

    public KnownRow Known() => new(
        Text(0), Text(1), (RowKind)Long(2), Text(3), Text(4), TextOrNull(5), TextOrNull(6), DateOnly.FromDayNumber((int)Long(7)), new Money(Long(8)),
        (RowFlags)Long(9), Id(10), Id(11));

    /// <summary>Leaves a run that was broken off; its error is known already.</summary>
    public void Reset()
    {
        _bound = 0;
        _ = raw.sqlite3_reset(_statement);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw Error(result);
    }

    private SqliteException Error(int result) =>
        new(raw.sqlite3_errmsg(_connection).utf8_to_string(), result & 0xFF, raw.sqlite3_extended_errcode(_connection));
}
