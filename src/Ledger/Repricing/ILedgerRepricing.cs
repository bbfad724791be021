using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Repricing;

/// <summary>Jobs that rate usage again. Those of one tenant go one after the other, and so do those of all tenants with any: two at once could both correct the same row.</summary>
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

    /// <summary>Takes open jobs that wait for no older one, for so long by the ledger's clock, unless another process has them: those first that have waited longest.</summary>
    /// <param name="running">Jobs that the process has and works on: it keeps them for as long, and none of them is among the result.</param>
    Task<IReadOnlyList<RepriceJob>> ClaimRepricesAsync(string process, IReadOnlyCollection<string> running, int limit, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Stores state, place and tally of a claimed job, and extends the claim.</summary>
    /// <returns>The job as stored; null: another process has it, and what was counted here counts no more.</returns>
    Task<RepriceJob?> SaveRepriceAsync(RepriceJob job, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>How many rows an order is about, of any model.</summary>
    Task<RepriceExtent> ReadRepriceExtentAsync(RepriceOrder order, CancellationToken cancellationToken);

    /// <summary>The next rows of a job after its place, of any model, at most so many.</summary>
    Task<IReadOnlyList<RepriceRow>> ReadRepriceRowsAsync(RepriceJob job, int limit, CancellationToken cancellationToken);
}
