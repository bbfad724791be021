using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>
/// The file of the ledger: one writer, and readers that see the last committed state without waiting for it (WAL). What decisions wait for has readers of its own, which no report
/// ever has.
/// </summary>
internal sealed class SqliteDatabase : LedgerDatabase
{
    private const int ReadersForDecisions = 2;
    private const int ReadersForReports = 2;
    private const int ReadersForLongReports = 1;

    private readonly LedgerOptions _options;
    private readonly SqliteReaders _decisions;
    private readonly SqliteReaders _reports;
    private readonly SqliteReaders _longReports;
    private readonly SqliteReaders _rollUps;
    private long _rollUpOwners;

    // Locks of SQLite's that nobody here needs: each connection has one thread, and nobody asks how much memory all of them have taken. 7 % of a post.
    static SqliteDatabase()
    {
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    public SqliteDatabase(LedgerOptions options, TimeProvider clock)
        : this(options, new SqliteDialect(PathIn(options), clock))
    {
    }

    private SqliteDatabase(LedgerOptions options, SqliteDialect dialect)
        : base(dialect)
    {
        _options = options;
        Writer = new SqliteWriter(ConnectionString(SqliteOpenMode.ReadWriteCreate), dialect, options.CommandTimeout);
        // A reader never makes the file: an empty one would look like a ledger without a schema.
        var readOnly = ConnectionString(SqliteOpenMode.ReadOnly);
        _decisions = new SqliteReaders("read", ReadersForDecisions, yields: false, readOnly, dialect, options);
        _reports = new SqliteReaders("report", ReadersForReports, yields: true, readOnly, dialect, options);
        _longReports = new SqliteReaders("long-report", ReadersForLongReports, yields: true, readOnly, dialect, options);
        // It does not yield: under a load that never ends it would stay behind for ever.
        _rollUps = new SqliteReaders("roll-up", 1, yields: false, readOnly, dialect, options);
    }

    public SqliteWriter Writer { get; }

    public static string PathIn(LedgerOptions options) => Path.Combine(options.DataDirectory, "ledger.db");

    public override Task<T> ReadAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) => _decisions.RunAsync(work, null, cancellationToken);

    public override Task<T> ReportAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        _reports.RunAsync(work, _options.ReportTimeout, cancellationToken);

    public override Task<T> LongReportAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        _longReports.RunAsync(work, _options.LongCommandTimeout, cancellationToken);

    public override Task<T> WriteAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        Writer.RunAsync(w => new ValueTask<T>(work(new SqliteWriteSession(w, Dialect, _options))), cancellationToken);

    // Nothing else writes while the writer is in a transaction.
    public override Task KeepBatchesOutAsync(LedgerSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<bool> TryOwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken)
    {
        CountRollUpOwner();
        ((SqliteWriteSession)session).Writer.AtEnd(CountRollUpOwner);
        return Task.FromResult(true);
    }

    public override Task OwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken) => TryOwnRollUpAsync(session, cancellationToken);

    // Reads beside the writer, which every post waits for. What a transaction has changed since, or was changing meanwhile, is seen by the count.
    public override async Task<T?> RollUpAsync<T>(Func<LedgerSession, Task<T?>> read, Func<LedgerSession, T, Task> write, CancellationToken cancellationToken)
        where T : class
    {
        var owners = Volatile.Read(ref _rollUpOwners);
        if (await _rollUps.RunAsync(read, null, cancellationToken) is not { } found) return null;
        return await WriteAsync(
            async s =>
            {
                if (Volatile.Read(ref _rollUpOwners) != owners) return null;
                await TryOwnRollUpAsync(s, cancellationToken);
                await write(s, found);
                return found;
            },
            cancellationToken);
    }

    private void CountRollUpOwner() => Interlocked.Increment(ref _rollUpOwners);

    // In the turn of a long report, whose thread may be kept busy, but with a connection of its own: the check breaks itself off.
    public override Task<FileCheck?> CheckFileAsync(CancellationToken cancellationToken) => LongReportAsync(
        _ =>
        {
            using var connection = new SqliteConnection(ConnectionString(SqliteOpenMode.ReadOnly));
            connection.Open();
            return Task.FromResult<FileCheck?>(SqliteFileCheck.Run(connection, SqliteFileCheck.WhenAsked));
        },
        cancellationToken);

    public override ValueTask DisposeAsync()
    {
        Writer.Dispose();
        foreach (var readers in (SqliteReaders[])[_decisions, _reports, _longReports, _rollUps]) readers.Dispose();
        return ValueTask.CompletedTask;
    }

    private string ConnectionString(SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = PathIn(_options),
        Mode = mode,
        Pooling = false,
        DefaultTimeout = LedgerSession.Seconds(_options.CommandTimeout),
    }.ToString();
}
