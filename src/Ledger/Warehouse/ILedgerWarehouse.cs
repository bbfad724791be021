using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Warehouse;

/// <summary>
/// What the warehouse still lacks, batch by batch. Which rows a batch has is stored before it is sent: until it is confirmed every process gets the very same batch,
/// after any crash, so that a receiver that knows a batch by its number takes each row once.
/// </summary>
public interface ILedgerWarehouse
{
    /// <summary>The batch that is not confirmed yet, or else the next, of at most <paramref name="limit"/> rows; null when the warehouse has everything. Never passes
    /// a transaction that is still open. Retained rows are in no batch.</summary>
    Task<WarehouseBatch?> NextAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The warehouse has this batch. Of one that is confirmed already: nothing.</summary>
    Task ConfirmAsync(long number, CancellationToken cancellationToken);
}

/// <param name="Number">Ascending by one.</param>
public sealed record WarehouseBatch(long Number, IReadOnlyList<UsageRow> Rows);
