using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>Commands of one connection that are kept with what SQLite has made of their text: that takes longer than most of them run.</summary>
internal sealed class SqliteCommands : IDisposable
{
    /// <summary>Many times what the engine says regularly.</summary>
    private const int MaxKept = 256;

    /// <summary>SQLite keeps what was bound last. Characters of a text with which a command is not kept: many rows as one parameter, beside which preparing costs nothing.</summary>
    private const int MaxText = 16_384;

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
        foreach (SqliteParameter parameter in command.Parameters)
        {
            if (parameter.Value is not string { Length: > MaxText }) continue;
            command.Dispose();
            return;
        }

        command.Parameters.Clear();
        command.Transaction = null;
        command.CommandTimeout = command.Connection!.DefaultTimeout;
        if (_idle.Count >= MaxKept) Dispose();
        if (!_idle.TryAdd(command.CommandText, command)) command.Dispose();
    }

    /// <summary>Lets go of all. To be called before the connection is closed, and after a failure, so that nothing of it is kept.</summary>
    public void Dispose()
    {
        foreach (var command in _idle.Values) command.Dispose();
        _idle.Clear();
    }
}
