using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Catalogs;
using BudgetEngine.Ledger.Sql.Fence;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>The ledger in one SQLite file, <c>ledger.db</c> of the data directory.</summary>
public sealed class SqliteLedgerStore : LedgerStore
{
    private readonly LedgerOptions _options;
    private readonly SqliteDatabase _database;
    private FileStream? _lock;

    /// <param name="clock">The ledger's clock; the machine's by default.</param>
    public SqliteLedgerStore(LedgerOptions options, TimeProvider? clock = null)
        : this(options, new SqliteDatabase(options, clock ?? TimeProvider.System), Migration.Embedded("Sqlite"))
    {
    }

    internal SqliteLedgerStore(LedgerOptions options, IReadOnlyList<Migration> migrations)
        : this(options, new SqliteDatabase(options, TimeProvider.System), migrations)
    {
    }

    private SqliteLedgerStore(LedgerOptions options, SqliteDatabase database, IReadOnlyList<Migration> migrations)
        : base(database, options)
    {
        _options = options;
        _database = database;
        Migrator = new Migrator(migrations);
    }

    public override string Description => $"SQLite {Path}";

    internal SqliteWriter Writer => _database.Writer;

    private Migrator Migrator { get; }

    public override async Task<long> OpenAsync(bool migrate, LedgerUse use, CancellationToken cancellationToken)
    {
        var isAlone = use is LedgerUse.Alone or LedgerUse.Copy;
        MakeDirectory();
        if (isAlone) TakeLock();
        if (WasMade && !File.Exists(Path)) throw Lost();
        var epoch = await _database.WriteAsync(
            async s =>
            {
                if (WasMade && !await s.AnyAsync(s.Dialect.FindMigrations, cancellationToken)) throw Lost();
                if (isAlone) CheckFile();
                await Migrator.RunAsync(s, migrate, use == LedgerUse.Copy, cancellationToken);
                if (use != LedgerUse.Copy && Migrator.Knows(SigningKeyTable.Migration)) await SigningKeyTable.EnsureAsync(s, cancellationToken);
                return await FenceTables.RaiseProcessEpochAsync(s, isAlone, cancellationToken);
            },
            cancellationToken);
        MarkAsMade();
        return epoch;
    }

    private protected override Task<BatchResult> CommitOnceAsync(LedgerBatch batch, CancellationToken cancellationToken) =>
        _database.Writer.RunAsync(writer => new BatchCommit(batch, Paths).RunAsync(new SqliteBatch(writer), cancellationToken), cancellationToken);

    public override Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken) =>
        _database.WriteAsync(s => FenceTables.RenewAsync(s, renewal, cancellationToken), cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_lock is not null) await _lock.DisposeAsync();
    }

    /// <summary>In a folder that has a ledger. Without it a file that was emptied, or is gone, would begin as a new ledger: without keys, limits and all that was spent.</summary>
    private string Marker => System.IO.Path.Combine(_options.DataDirectory, "ledger.made");

    private bool WasMade => File.Exists(Marker);

    private string Path => SqliteDatabase.PathIn(_options);

    private LedgerSchemaException Lost() => new(
        $"The ledger {Path} is empty or gone, but there has been one in this folder. Restore a backup; or, to begin a new ledger, delete {Marker}.");

    /// <exception cref="LedgerUnavailableException">A page is damaged.</exception>
    private void CheckFile()
    {
        var check = SqliteFileCheck.Run(Writer.Connection, SqliteFileCheck.AtStart);
        if (check.Faults.Count > 0) throw new LedgerUnavailableException($"The file {Path} is damaged: restore a backup. {check.Faults[0].ReplaceLineEndings(" ")}");
    }

    private void MarkAsMade()
    {
        if (WasMade) return;
        try
        {
            File.WriteAllText(Marker, "This folder has a ledger: an empty or missing ledger.db is refused. Delete this file to begin a new one.\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that is full now does not keep a ledger from being opened; the next start makes the mark.
        }
    }

    private void MakeDirectory()
    {
        try
        {
            Directory.CreateDirectory(_options.DataDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The data directory {_options.DataDirectory} cannot be made: {e.Message}", e);
        }
    }

    /// <summary>A lock of the operating system on an open file: it ends with the process, however that ends.</summary>
    private void TakeLock()
    {
        if (_lock is not null) return;
        var path = System.IO.Path.Combine(_options.DataDirectory, "ledger.lock");
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LedgerUnavailableException($"The lock {path} cannot be opened: check the rights on the directory.", e);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException))
        {
            throw new LedgerLockedException(
                $"Another process works on the ledger in {_options.DataDirectory} (it has the lock {path}). Stop it, or choose another data directory.");
        }
    }
}
