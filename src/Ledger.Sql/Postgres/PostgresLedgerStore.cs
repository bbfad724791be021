using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Catalogs;
using BudgetEngine.Ledger.Sql.Fence;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>The ledger in PostgreSQL (14 or later), in the schema <c>budget</c>.</summary>
public sealed class PostgresLedgerStore : LedgerStore
{
    private readonly PostgresDatabase _database;
    private readonly PostgresRuntimeLock _lock;
    private readonly Migrator _migrator;
    private bool _exclusive;

    public PostgresLedgerStore(LedgerOptions options)
        : this(options, Migration.Embedded("Postgres"))
    {
    }

    internal PostgresLedgerStore(LedgerOptions options, IReadOnlyList<Migration> migrations)
        : this(options, new PostgresDatabase(options), migrations)
    {
    }

    private PostgresLedgerStore(LedgerOptions options, PostgresDatabase database, IReadOnlyList<Migration> migrations)
        : base(database, options)
    {
        _database = database;
        _lock = new PostgresRuntimeLock(database);
        _migrator = new Migrator(migrations);
    }

    public override string Description => _database.Description;

    public override async Task<long> OpenAsync(bool migrate, LedgerUse use, CancellationToken cancellationToken)
    {
        _exclusive = use is LedgerUse.Alone or LedgerUse.Copy;
        if (_exclusive) await _lock.TakeAsync(cancellationToken);
        else if (use == LedgerUse.Shared) await _database.WriteAsync(s => _lock.CheckFreeAsync(s, cancellationToken), cancellationToken);
        await _database.WriteAsync(s => MigrateAsync(s, migrate, use == LedgerUse.Copy, cancellationToken), cancellationToken);
        if (_exclusive) await _lock.AwaitSilenceAsync(cancellationToken);
        return await _database.WriteAsync(
            async s =>
            {
                var epoch = await FenceTables.RaiseProcessEpochAsync(s, _exclusive, cancellationToken);
                if (_exclusive) await _lock.NameAsync(s, epoch, cancellationToken);
                return epoch;
            },
            cancellationToken);
    }

    private protected override async Task<BatchResult> CommitOnceAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        var connection = await _database.OpenAsync(cancellationToken);
        try
        {
            return await new BatchCommit(batch, Paths).RunAsync(new PostgresBatch(connection, _database.Dialect), cancellationToken);
        }
        catch (Exception e) when (_database.TranslatedAndCleared(e) is { } translated)
        {
            throw translated;
        }
    }

    public override Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken) =>
        _exclusive
            ? _lock.RunAsync(s => FenceTables.RenewAsync(s, renewal, cancellationToken), cancellationToken)
            : _database.WriteAsync(
                async s =>
                {
                    // With each lease: one that works alone may have begun since this process started, or while its lease had run out.
                    await _lock.CheckFreeAsync(s, cancellationToken);
                    return await FenceTables.RenewAsync(s, renewal, cancellationToken);
                },
                cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _lock.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task<bool> MigrateAsync(LedgerSession session, bool migrate, bool copies, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("select pg_advisory_xact_lock(@key)", cancellationToken, ("key", PostgresDatabase.MigrationLock));
        if (migrate && !await session.AnyAsync("select 1 from pg_catalog.pg_namespace where nspname = 'budget'", cancellationToken))
        {
            await session.ExecuteAsync("create schema budget", cancellationToken);
        }

        session.MayTakeLong = true;
        await _migrator.RunAsync(session, migrate, copies, cancellationToken);
        if (!copies && _migrator.Knows(ForeignTransactionIds.Migration)) await ForeignTransactionIds.ReplaceAsync(session, cancellationToken);
        if (!copies && _migrator.Knows(SigningKeyTable.Migration)) await SigningKeyTable.EnsureAsync(session, cancellationToken);
        return true;
    }
}
