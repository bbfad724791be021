using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>Commands of one connection that are kept with what SQLite has made of their text: that takes longer than most of them run.</summary>
internal sealed class SqliteCommands : IDisposable
{
    /// <summary>Many times what the engine says regularly.</summary>
    private const int MaxKept = 256;

    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);

    /// <summary>One without parameters; nobody else has it until it is given back.</summary>
    public SqliteCommand Take(SqliteConnection connection, string sql)
    {
        if (_idle.Remove(sql, out var kept)) return kept;
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_idle.Count >= MaxKept) Dispose();
        if (!_idle.TryAdd(command.CommandText, command)) command.Dispose();
    }

    /// <summary>Lets go of all. To be called before the connection is closed.</summary>
    public void Dispose()
    {
        foreach (var command in _idle.Values) command.Dispose();
        _idle.Clear();
    }
}
