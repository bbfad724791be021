using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Writer;

/// <summary>Work that keeps the ledger tidy, in small steps.</summary>
public interface ILedgerHousekeeping
{
    /// <summary>Adds rows that are not yet in the roll-ups, to each of them at most <paramref name="limit"/>; the cursor never passes a transaction that is still open.</summary>
    /// <returns>How many rows were added, to the one that was furthest behind; 0 when all are up to date, or others are at them just now.</returns>
    Task<int> RollUpAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// One small step of retention: deletes at most <paramref name="limit"/> rows whose recorded time and timestamp are both older than
    /// <paramref name="before"/>, and adds their sums to the one retained row of their cost center and date. Balances do not change.
    /// Corrections go only after the row they correct. Expired durable holds older than it go too. Rows that are not yet in the roll-ups are rolled up first.
    /// A retained row has the user "" and an id outside of the callers' ids: <see cref="IRecordLookup"/> does not find it.
    /// </summary>
    /// <returns>How many rows were deleted; 0 when done.</returns>
    Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes alerts with their deliveries, and marks, of before an instant: one small step.</summary>
    /// <returns>How many rows were deleted; 0 when done.</returns>
    Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
