using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>
/// The one connection that writes, with its prepared statements, on a thread of its own: a commit waits for the disk, which no thread of the pool should.
/// After an error that is not about data the connection is opened anew, so that nothing of a broken one is left.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly string _connectionString;
    private readonly SqliteDialect _dialect;
    private readonly TimeSpan _busyTimeout;
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private SqliteConnection? _connection;
    private Action? _atEnd;
    private bool _closed;

    public SqliteWriter(string connectionString, SqliteDialect dialect, TimeSpan busyTimeout)
    {
        _connectionString = connectionString;
        _dialect = dialect;
        _busyTimeout = busyTimeout;
        _thread = new Thread(Loop) { IsBackground = true, Name = "ledger-sqlite" };
        _thread.Start();
    }

    private bool InTransactionNow => _connection is { } open && SQLitePCL.raw.sqlite3_get_autocommit(open.Handle) == 0;

    /// <summary>The ledger's clock.</summary>
    public DateTimeOffset Now => _dialect.ClockTime;

    /// <summary>The open connection; only for work that runs on the writer's thread.</summary>
    public SqliteConnection Connection => _connection ??= Open();

    /// <summary>Of the open connection.</summary>
    public SqliteCommands Commands { get; } = new();

    /// <summary>A statement that is prepared once and kept.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement)) return statement;
        return _statements[sql] = new SqliteStatement(Connection.Handle!, sql);
    }

    /// <summary>For work that must know, before it ends, that its transaction is durable; else it is committed after the work.</summary>
    public void Commit() => Statement("commit").Run();

    /// <summary>Once, after the transaction that is open now, whatever becomes of it; only for work that runs on the writer's thread.</summary>
    public void AtEnd(Action action) => _atEnd += action;

    /// <summary>Runs work in a transaction on the writer's thread. The work must not leave the thread: everything in it completes synchronously.</summary>
    public Task<T> RunAsync<T>(Func<SqliteWriter, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() => Complete(work, done, cancellationToken), cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new LedgerUnavailableException("The ledger is closed.", e);
        }

        return done.Task;
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Loop()
    {
        foreach (var work in _work.GetConsumingEnumerable()) work();
        Close();
    }

    private void Complete<T>(Func<SqliteWriter, ValueTask<T>> work, TaskCompletionSource<T> done, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            done.SetCanceled(cancellationToken);
            return;
        }

        try
        {
            var result = InTransaction(work);
            End();
            done.SetResult(result);
        }
        catch (Exception e)
        {
            var translated = _dialect.Translate(e);
            RollBack(keep: translated is LedgerDataException || (translated is null && e is not SqliteException));
            End();
            done.SetException(translated ?? e);
        }
    }

    private void End()
    {
        var atEnd = _atEnd;
        _atEnd = null;
        atEnd?.Invoke();
    }

    private T InTransaction<T>(Func<SqliteWriter, ValueTask<T>> work)
    {
        Statement("begin immediate").Run();
        var running = work(this);
        if (!running.IsCompleted) throw new InvalidOperationException("Work of the SQLite writer must complete synchronously.");
        var result = running.GetAwaiter().GetResult();
        if (InTransactionNow) Commit();
        return result;
    }

    private void RollBack(bool keep)
    {
        try
        {
            // Some errors have rolled back already; a statement left half-way keeps the transaction open.
            foreach (var statement in _statements.Values) statement.Reset();
            Commands.Dispose();
            if (keep && InTransactionNow) Statement("rollback").Run();
            if (!keep) Close();
        }
        catch (SqliteException)
        {
            // The error that led here is the one to report; a fresh connection starts without the transaction.
            Close();
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                $"""
                pragma busy_timeout = {_busyTimeout.Ticks / TimeSpan.TicksPerMillisecond};
                pragma journal_mode = wal;
                pragma synchronous = full;
                pragma foreign_keys = on;
                pragma temp_store = memory;
                pragma cache_size = -65536;
                """;
            command.ExecuteNonQuery();
            _dialect.AddFunctions(connection);
            SqliteLog.Bound(connection, connection.DataSource);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Close()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        Commands.Dispose();
        _connection?.Dispose();
        _connection = null;
    }
}
