using System.Data.Common;
using BudgetEngine.Ledger.Sql.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>A transaction or a snapshot of SQLite.</summary>
internal class SqliteSession(SqliteConnection connection, SqliteTransaction? transaction, SqliteCommands commands, Dialect dialect, LedgerOptions options)
    : LedgerSession(connection, transaction, dialect, options.Resolution, options.LongCommandTimeout)
{
    protected override DbCommand Begin(string sql) => commands.Take(connection, sql);

    protected override ValueTask EndAsync(DbCommand command)
    {
        commands.GiveBack((SqliteCommand)command);
        return ValueTask.CompletedTask;
    }
}
