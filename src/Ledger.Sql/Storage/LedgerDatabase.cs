using System.Data.Common;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>Runs work in transactions of one database, and turns the driver's errors into ours.</summary>
internal abstract class LedgerDatabase(Dialect dialect) : IAsyncDisposable
{
    public Dialect Dialect => dialect;

    /// <summary>Runs statements that only read, all of one snapshot.</summary>
    public abstract Task<T> ReadAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs statements in one transaction, which is committed when the work has ended.</summary>
    public abstract Task<T> WriteAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Keeps other transactions of <see cref="ILedgerRecords.CommitAsync"/> out until this one ends.</summary>
    public abstract Task KeepBatchesOutAsync(LedgerSession session, CancellationToken cancellationToken);

    /// <summary>True when this transaction alone may move the cursor of the roll-ups.</summary>
    public abstract Task<bool> TryOwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken);

    /// <summary>Streams the rows of one select; the connection is busy until the caller has ended.</summary>
    public abstract IAsyncEnumerable<T> StreamAsync<T>(
        Func<LedgerSession, DbCommand> select, Func<RowReader, T> map, CancellationToken cancellationToken);

    /// <summary>Looks through the database's file; null where it is not one of ours to look through.</summary>
    public virtual Task<FileCheck?> CheckFileAsync(CancellationToken cancellationToken) => Task.FromResult<FileCheck?>(null);

    public abstract ValueTask DisposeAsync();

    protected Exception? Translated(Exception exception) => dialect.Translate(exception);
}
