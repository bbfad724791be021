using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using BudgetEngine.Ledger.Sql.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>
/// Threads that read, each with a connection of its own. SQLite's calls block for as long as a statement takes: on threads of the pool a few long reports would leave none for
/// checks. Work waits its turn; it is broken off when its caller has gone or its time is over.
/// </summary>
internal sealed class SqliteReaders : IDisposable
{
    /// <summary>Steps of SQLite's machine between two looks whether to go on: a millisecond at most.</summary>
    private const int StepsBetweenLooks = 20_000;

    /// <summary>Reads that wait for a thread; more are refused, as in an outage. Many times what a process is asked at once.</summary>
    private const int MaxWaiting = 100_000;

    /// <summary>Whoever waits for a report waits longer, so that checks need not: of two threads that want the processor, one of this priority has a tenth.</summary>
    private const int PriorityOfReports = 10;

    private readonly string _connectionString;
    private readonly SqliteDialect _dialect;
    private readonly LedgerOptions _options;
    private readonly bool _yields;
    private readonly BlockingCollection<Action<Reader>> _work = new(MaxWaiting);
    private readonly Thread[] _threads;
    private int _closed;

    /// <param name="yields">Reports: they leave the processor to others.</param>
    public SqliteReaders(string name, int threads, bool yields, string connectionString, SqliteDialect dialect, LedgerOptions options)
    {
        (_connectionString, _dialect, _options, _yields) = (connectionString, dialect, options, yields);
        _threads = [.. Enumerable.Range(1, threads).Select(i => new Thread(Loop) { IsBackground = true, Name = $"ledger-{name}-{i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Runs statements of one snapshot. The work must not leave the thread: everything in it completes synchronously.</summary>
    /// <param name="within">How long it may run; null: as long as it likes.</param>
    public Task<T> RunAsync<T>(Func<LedgerSession, Task<T>> work, TimeSpan? within, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (!_work.TryAdd(reader => reader.Complete(work, within, done, cancellationToken))) throw new LedgerUnavailableException($"{MaxWaiting} reads of the ledger wait already.");
        }
        catch (InvalidOperationException e)
        {
            throw new LedgerUnavailableException("The ledger is closed.", e);
        }

        return done.Task;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1) return;
        _work.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _work.Dispose();
    }

    private void Loop()
    {
        // Of the calling thread alone, on Linux. Elsewhere it would be the process's.
        if (_yields && OperatingSystem.IsLinux()) _ = setpriority(0, 0, PriorityOfReports);
        using var reader = new Reader(_connectionString, _dialect, _options);
        foreach (var work in _work.GetConsumingEnumerable()) work(reader);
    }

    [DllImport("libc")]
    private static extern int setpriority(int which, int who, int priority);

    /// <summary>The connection of one thread.</summary>
    private sealed class Reader(string connectionString, SqliteDialect dialect, LedgerOptions options) : IDisposable
    {
        private readonly SqliteCommands _commands = new();
        private SqliteConnection? _connection;
        private CancellationToken _gone;
        private TimeSpan? _within;
        private long _began;

        public void Complete<T>(Func<LedgerSession, Task<T>> work, TimeSpan? within, TaskCompletionSource<T> done, CancellationToken cancellationToken)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
                return;
            }

            (_gone, _within, _began) = (cancellationToken, within, TimeProvider.System.GetTimestamp());
            try
            {
                done.SetResult(InSnapshot(work));
            }
            catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
            }
            catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
            {
                done.SetException(new LedgerReportTooLongException(within!.Value, e));
            }
            catch (Exception e)
            {
                var translated = dialect.Translate(e);
                // Nothing of a broken connection is left; what our own code throws has not broken it.
                if (translated is LedgerUnavailableException) Dispose();
                done.SetException(translated ?? e);
            }
        }

        public void Dispose()
        {
            _commands.Dispose();
            _connection?.Dispose();
            _connection = null;
        }

        private T InSnapshot<T>(Func<LedgerSession, Task<T>> work)
        {
            var connection = _connection ??= Open();
            using var snapshot = connection.BeginTransaction(deferred: true);
            var running = work(new SqliteSession(connection, snapshot, _commands, dialect, options));
            if (!running.IsCompleted) throw new InvalidOperationException("Work of a SQLite reader must complete synchronously.");
            if (!running.IsCompletedSuccessfully) _commands.Dispose();
            return running.GetAwaiter().GetResult();
        }

        private SqliteConnection Open()
        {
            var connection = new SqliteConnection(connectionString);
            try
            {
                connection.Open();
                using var settings = connection.CreateCommand();
                // A list of 100,000 cost centers is sorted, and looks up as many rows. SQLite's own cache is of 2 MB; what is larger than the cache it sorts in files.
                settings.CommandText = "pragma cache_size = -32768";
                settings.ExecuteNonQuery();
                dialect.AddFunctions(connection);
                raw.sqlite3_progress_handler(connection.Handle, StepsBetweenLooks, _ => IsOver() ? 1 : 0, null);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        private bool IsOver() => _gone.IsCancellationRequested || (_within is { } within && TimeProvider.System.GetElapsedTime(_began) > within);
    }
}
