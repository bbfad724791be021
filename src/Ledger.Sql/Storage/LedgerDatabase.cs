using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>Runs work in transactions of one database, and turns the driver's errors into ours.</summary>
internal abstract class LedgerDatabase(Dialect dialect) : IAsyncDisposable
{
    public Dialect Dialect => dialect;

    /// <summary>Runs statements that only read, all of one snapshot: few rows, found by an index. Decisions wait for them.</summary>
    public abstract Task<T> ReadAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// The same for what people ask: lists and reports. Bounded in number and, by <see cref="LedgerOptions.ReportTimeout"/>, in time, so that no report takes anything that
    /// decisions need.
    /// </summary>
    /// <exception cref="LedgerReportTooLongException">It took longer.</exception>
    public abstract Task<T> ReportAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>The same for what reads all rows of a month, up to <see cref="LedgerOptions.LongCommandTimeout"/>.</summary>
    public abstract Task<T> LongReportAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>The same for what mostly reads few rows, which then wait for no long report, and may have to read many.</summary>
    public async Task<T> AnyReportAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await ReportAsync(work, cancellationToken);
        }
        catch (LedgerReportTooLongException)
        {
            return await LongReportAsync(work, cancellationToken);
        }
    }

    /// <summary>Runs statements in one transaction, which is committed when the work has ended.</summary>
    public abstract Task<T> WriteAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Keeps other transactions of <see cref="ILedgerRecords.CommitAsync"/> out until this one ends.</summary>
    public abstract Task KeepBatchesOutAsync(LedgerSession session, CancellationToken cancellationToken);

    /// <summary>True when, until it ends, this transaction alone may change the roll-ups and move their cursors.</summary>
    public abstract Task<bool> TryOwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken);

    /// <summary>The same, after whoever has them now.</summary>
    public abstract Task OwnRollUpAsync(LedgerSession session, CancellationToken cancellationToken);

    /// <summary>A step of a roll-up: reads, and writes what came of it unless somebody else has changed the roll-ups or moved their cursors in between.</summary>
    /// <param name="read">Null: there is nothing to write.</param>
    /// <returns>What was read and written; null: there was nothing, or others were at the roll-ups; nothing was written.</returns>
    public abstract Task<T?> RollUpAsync<T>(Func<LedgerSession, Task<T?>> read, Func<LedgerSession, T, Task> write, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Looks through the database's file; null where it is not one of ours to look through.</summary>
    public virtual Task<FileCheck?> CheckFileAsync(CancellationToken cancellationToken) => Task.FromResult<FileCheck?>(null);

    public abstract ValueTask DisposeAsync();

    protected Exception? Translated(Exception exception) => dialect.Translate(exception);
}
