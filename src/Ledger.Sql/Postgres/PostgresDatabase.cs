using System.Data;
using System.Globalization;
using BudgetEngine.Ledger.Sql.Storage;
using Npgsql;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>Connections to PostgreSQL, all in the schema <c>budget</c>.</summary>
internal sealed class PostgresDatabase : LedgerDatabase
{
    /// <summary>Keys of advisory locks; they belong to one database, so these only have to differ from each other.</summary>
    public const long BatchLock = 0x6275646765740001;
    public const long MigrationLock = 0x6275646765740002;
    public const long RuntimeLock = 0x6275646765740003;
    public const long RollUpLock = 0x6275646765740004;

    /// <summary>
    /// How long the server keeps a transaction whose process sends nothing; then it ends the session, and the transaction with it. One that was stopped (SIGSTOP, a
    /// frozen machine) between two statements would keep its locks for as long as it stands still, and the nodes that it had could be taken over by nobody. As long
    /// as the fence waits; less would end what is only slow.
    /// </summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(5);

    private const int ShareOfReports = 2;

    private readonly LedgerOptions _options;
    private readonly NpgsqlDataSource _pool;

    /// <summary>Of the connections, reports have half at most.</summary>
    private readonly SemaphoreSlim _reports;

    public PostgresDatabase(LedgerOptions options)
        : base(new PostgresDialect())
    {
        _options = options;
        _reports = new SemaphoreSlim(Math.Max(1, options.MaxConnections / ShareOfReports));
        var settings = PostgresHosts.Read(options);
        settings.SearchPath = "budget";
        // A plan made while a table was small, and kept, reads the whole table once it is large: minutes of outage until statistics catch up.
        // Plans that look dear are compiled first: a report would take longer to compile than to run. And they take helpers, as many as they like, from those who decide.
        settings.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Options} -c plan_cache_mode=force_custom_plan -c jit=off -c max_parallel_workers_per_gather=0 -c idle_in_transaction_session_timeout={_silence.TotalMilliseconds}").Trim();
        settings.Timeout = LedgerSession.Seconds(options.ConnectTimeout);
        settings.CommandTimeout = LedgerSession.Seconds(options.CommandTimeout);
        settings.MaxPoolSize = options.MaxConnections;
        // More than there are statements: none is prepared in the place of another.
        settings.MaxAutoPrepare = 200;
        settings.AutoPrepareMinUsages = 2;
        // Nothing changes the state of a pooled session, so there is nothing to reset.
        settings.NoResetOnClose = true;
        settings.IncludeErrorDetail = false;
        Description = $"PostgreSQL {(PostgresHosts.AreSeveral(settings) ? settings.Host : $"{settings.Host}:{settings.Port}")}/{settings.Database}";
        _pool = PostgresHosts.Open(settings);
    }

    public string Description { get; }

    /// <summary>An open connection of the pool; errors of connecting are ours already.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _pool.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception e) when (TranslatedAndCleared(e) is { } translated)
        {
            throw translated;
        }
    }

    public override Task<T> ReadAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        InTransactionAsync(work, IsolationLevel.RepeatableRead, commit: false, cancellationToken);

    // Not of one snapshot: a statement after a lock must see what was committed before the lock was given.
    public override Task<T> WriteAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        InTransactionAsync(work, IsolationLevel.ReadCommitted, commit: true, cancellationToken);

    public override Task KeepBatchesOutAsync(LedgerSession session, CancellationToken cancellationToken) =>
        session.ExecuteAsync("select pg_advisory_xact_lock(@key)", cancellationToken, ("key", BatchLock));

    public override async Task<bool> TryOwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken) =>
        (await session.ListAsync("select pg_try_advisory_xact_lock(@key)", r => r.Flag(), cancellationToken, ("key", RollUpLock)))[0];

    public override Task OwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken) =>
        session.ExecuteAsync("select pg_advisory_xact_lock(@key)", cancellationToken, ("key", RollUpLock));

    public override Task<T?> RollUpAsync<T>(Func<LedgerSession, Task<T?>> read, Func<LedgerSession, T, Task> write, CancellationToken cancellationToken)
        where T : class =>
        WriteAsync(
            async s =>
            {
                if (!await TryOwnRollUpAsync(s, cancellationToken) || await read(s) is not { } found) return null;
                await write(s, found);
                return found;
            },
            cancellationToken);

    public override Task<T> ReportAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        ReportAsync(work, _options.ReportTimeout, cancellationToken);

    public override Task<T> LongReportAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken) =>
        ReportAsync(work, _options.LongCommandTimeout, cancellationToken);

    public override ValueTask DisposeAsync()
    {
        _reports.Dispose();
        return _pool.DisposeAsync();
    }

    private async Task<T> ReportAsync<T>(Func<LedgerSession, Task<T>> work, TimeSpan within, CancellationToken cancellationToken)
    {
        await _reports.WaitAsync(cancellationToken);
        try
        {
            return await ReadAsync(
                async s =>
                {
                    // The server itself breaks it off. The driver would take its own time-out for an outage.
                    s.MayTakeLong = true;
                    await s.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"set local statement_timeout = {(long)within.TotalMilliseconds}"), cancellationToken);
                    return await work(s);
                },
                cancellationToken);
        }
        catch (LedgerUnavailableException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled })
        {
            throw new LedgerReportTooLongException(within, e);
        }
        finally
        {
            _reports.Release();
        }
    }

    public LedgerSession SessionOn(NpgsqlConnection connection, NpgsqlTransaction? transaction) =>
        new(connection, transaction, Dialect, _options.Resolution, _options.LongCommandTimeout);

    /// <summary>
    /// Our exception for one of the driver's. After an outage every idle connection of the pool may be dead: they are dropped, or each of them would fail
    /// one more caller after the server is back; and so is one on which the driver has lost count of what it had prepared.
    /// </summary>
    public Exception? TranslatedAndCleared(Exception exception)
    {
        var translated = Translated(exception);
        if (translated is LedgerUnavailableException || exception is PostgresException { SqlState: PostgresDialect.LostStatement }) _pool.Clear();
        return translated;
    }

    private async Task<T> InTransactionAsync<T>(
        Func<LedgerSession, Task<T>> work, IsolationLevel isolation, bool commit, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await GuardedAsync(async () =>
        {
            await using var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
            var result = await work(SessionOn(connection, transaction));
            if (commit) await transaction.CommitAsync(cancellationToken);
            return result;
        });
    }

    private async Task<T> GuardedAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (TranslatedAndCleared(e) is { } translated)
        {
            throw translated;
        }
    }
}
