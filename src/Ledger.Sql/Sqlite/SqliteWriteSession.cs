using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>A transaction of the writer.</summary>
internal sealed class SqliteWriteSession(SqliteWriter writer, Dialect dialect, LedgerOptions options)
    : SqliteSession(writer.Connection, null, writer.Commands, dialect, options)
{
    public SqliteWriter Writer => writer;

    // A prepared statement for each row: reading columns out of JSON takes several times as long as the insert, and posts wait meanwhile.
    public override Task InsertAsync<T>(
        string into, (string Name, string Type)[] columns, string onConflict, IEnumerable<T> rows, Action<T, IColumnSink> write, CancellationToken cancellationToken)
    {
        var insert = writer.Statement(
            $"insert into {into} ({string.Join(", ", columns.Select(c => c.Name))}) values ({string.Join(", ", columns.Select(_ => "?"))}) {onConflict}");
        foreach (var row in rows)
        {
            write(row, insert);
            insert.Run();
        }

        return Task.CompletedTask;
    }
}
