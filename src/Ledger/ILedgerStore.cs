using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger;

/// <summary>
/// A ledger as a host opens and closes it: the durable home of all state that is money or decides about money. What is read and written there are small
/// interfaces (<see cref="ILedgerRecords"/>, <see cref="ILedgerNodes"/>, <see cref="ILedgerBudgets"/> ...), and everybody is given those that they use.
/// Every method of them is one transaction. Times that are stored come in as arguments; the store reads no clock.
/// </summary>
/// <remarks>
/// Failures: <see cref="LedgerDataException"/> (this data can never be stored), <see cref="LedgerContentionException"/> (repeat the transaction);
/// everything else, <see cref="LedgerUnavailableException"/> included, is an outage, and the outcome of a write is unknown.
/// </remarks>
public interface ILedgerStore : IAsyncDisposable
{
    /// <summary>What the start-up line prints: <c>SQLite ./data/ledger.db</c>. Never a password.</summary>
    string Description { get; }

    /// <summary>
    /// Opens the store; brings the schema up to date if <paramref name="migrate"/>; sees to it that nobody works alone beside others; and raises the process epoch.
    /// Throws <see cref="LedgerSchemaException"/> for a database newer than the program, a changed migration or a missing one,
    /// <see cref="LedgerLockedException"/> when another process works on the ledger and <paramref name="use"/> does not go with that.
    /// </summary>
    /// <returns>The epoch of this process: greater than that of every process before it.</returns>
    Task<long> OpenAsync(bool migrate, LedgerUse use, CancellationToken cancellationToken);
}
