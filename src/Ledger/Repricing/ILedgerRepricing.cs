using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Repricing;

/// <summary>Jobs that rate usage again. They go one after the other: two at once could both correct the same row.</summary>
public interface ILedgerRepricing
{
    /// <summary>Jobs that wait or run. A quarter is a tenant's, so that none keeps the others from having any.</summary>
    static readonly SubtreeShares Shares = new(16, 4);

    /// <summary>Stores a new job. False: as many as the claim allows are open already.</summary>
    Task<bool> CreateRepriceAsync(RepriceJob job, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Null: unknown.</summary>
    Task<RepriceJob?> FindRepriceAsync(string id, CancellationToken cancellationToken);

    /// <summary>Newest first; at and below the cost center (null: all).</summary>
    Task<IReadOnlyList<RepriceJob>> ListRepricesAsync(string? under, int limit, CancellationToken cancellationToken);

    /// <summary>Asks an open job to end. False: it is not open.</summary>
    Task<bool> CancelRepriceAsync(string id, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Takes the oldest open job for so long by the ledger's clock, unless another process has it; null: there is nothing to do.</summary>
    Task<RepriceJob?> ClaimRepriceAsync(string process, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Stores state, place and tally of a claimed job, and extends the claim.</summary>
    /// <returns>The job as stored; null: another process has it, and what was counted here counts no more.</returns>
    Task<RepriceJob?> SaveRepriceAsync(RepriceJob job, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>How many rows an order is about, of any model.</summary>
    Task<RepriceExtent> ReadRepriceExtentAsync(RepriceOrder order, CancellationToken cancellationToken);

    /// <summary>The next rows of a job after its place, of any model, at most so many.</summary>
    Task<IReadOnlyList<RepriceRow>> ReadRepriceRowsAsync(RepriceJob job, int limit, CancellationToken cancellationToken);
}
