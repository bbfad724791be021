using System.Data.Common;
using System.Runtime.CompilerServices;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>The file of the ledger: one writer, and readers that see the last committed state without waiting for it (WAL).</summary>
internal sealed class SqliteDatabase : LedgerDatabase
{
    private readonly string _path;
    private readonly LedgerOptions _options;

    public SqliteDatabase(LedgerOptions options, TimeProvider clock)
        : base(new SqliteDialect(PathIn(options), clock))
    {
        _options = options;
        _path = PathIn(options);
        Writer = new SqliteWriter(ConnectionString(pooling: false), Dialect, options.CommandTimeout);
    }

    public SqliteWriter Writer { get; }

    public static string PathIn(LedgerOptions options) => Path.Combine(options.DataDirectory, "ledger.db");

    public override Task<T> ReadAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        // SQLite's calls block: they get a thread of the pool, not the caller's scheduler.
        Task.Run(() => ReadHereAsync(work, cancellationToken), cancellationToken);

    public override Task<T> WriteAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        Writer.RunAsync(w => new ValueTask<T>(work(new LedgerSession(w.Connection, null, Dialect, _options.Resolution, _options.LongCommandTimeout))), cancellationToken);

    // Nothing else writes while the writer is in a transaction.
    public override Task KeepBatchesOutAsync(LedgerSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<bool> TryOwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken) => Task.FromResult(true);

    public override async IAsyncEnumerable<T> StreamAsync<T>(
        Func<LedgerSession, DbCommand> select, Func<RowReader, T> map, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = Guarded(OpenReader);
        await using var command = select(new LedgerSession(connection, null, Dialect, _options.Resolution, _options.LongCommandTimeout));
        await using var reader = Guarded(command.ExecuteReader);
        var rows = new RowReader(reader, Dialect, _options.Resolution);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (more, row) = Guarded(() => reader.Read() ? (true, map(rows.Start())) : (false, default!));
            if (!more) yield break;
            yield return row;
        }
    }

    public override Task<FileCheck?> CheckFileAsync(CancellationToken cancellationToken) => Task.Run(
        () => Guarded<FileCheck?>(() =>
        {
            using var connection = OpenReader();
            return SqliteFileCheck.Run(connection, SqliteFileCheck.WhenAsked);
        }),
        cancellationToken);

    public override ValueTask DisposeAsync()
    {
        Writer.Dispose();
        using var connection = new SqliteConnection(ConnectionString(pooling: true));
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    private async Task<T> ReadHereAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await using var connection = OpenReader();
            await using var snapshot = connection.BeginTransaction(deferred: true);
            return await work(new LedgerSession(connection, snapshot, Dialect, _options.Resolution, _options.LongCommandTimeout));
        }
        catch (Exception e) when (Translated(e) is { } translated)
        {
            throw translated;
        }
    }

    private T Guarded<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (Translated(e) is { } translated)
        {
            throw translated;
        }
    }

    private SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(ConnectionString(pooling: true));
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string ConnectionString(bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        // A reader never makes the file: an empty one would look like a ledger without a schema.
        Mode = pooling ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
        Pooling = pooling,
        DefaultTimeout = LedgerSession.Seconds(_options.CommandTimeout),
    }.ToString();
}
