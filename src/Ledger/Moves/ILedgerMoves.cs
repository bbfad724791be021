namespace BudgetEngine.Ledger.Moves;

/// <summary>
/// Jobs that move cost centers. The job drains first; then one transaction moves everything that decides (<see cref="CutOverAsync"/>); then every node is told, the old name leads to the new
/// one (<see cref="OpenAsync"/>), and older sums, roll-ups and rows get their new names, some at a time (<see cref="RenameAsync"/>). Each step may be repeated.
/// </summary>
public interface ILedgerMoves
{
    /// <summary>Cost centers that one move takes at most.</summary>
    const int MaxCostCenters = 10_000;

    /// <summary>Rows that one move takes at once, while no batch is committed: balances of months and of the latest days, users' too, thresholds, and what is set.</summary>
    const int MaxDeciding = 50_000;

    /// <summary>How long an old name leads to the new one.</summary>
    static readonly TimeSpan AliasFor = TimeSpan.FromDays(90);

    /// <summary>What it would move, and whether it could.</summary>
    /// <param name="claim">Who orders it: it leaves an old name, of which each has a share (<see cref="Domain.CostCenters.CostCenterAliases.Shares"/>).</param>
    Task<MoveExtent> ReadMoveExtentAsync(MoveJob job, ShareClaim claim, CancellationToken cancellationToken);

    /// <summary>Stores a new job; from then on its old name denies checks, once its node has been refreshed.</summary>
    /// <param name="claim">As of <see cref="ReadMoveExtentAsync"/>. The old name has its place from here on, and the move does not fail for it later.</param>
    /// <returns>Why it cannot be; null: it is stored.</returns>
    Task<MoveRefusal?> CreateMoveAsync(MoveJob job, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Null: unknown.</summary>
    Task<MoveJob?> FindMoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Newest first; those that begin at or below the cost center (null: all).</summary>
    Task<IReadOnlyList<MoveJob>> ListMovesAsync(string? under, int limit, CancellationToken cancellationToken);

    /// <summary>Ends a job that is draining. False: it is not, or not any more.</summary>
    Task<bool> CancelMoveAsync(string id, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Takes open jobs for so long by the ledger's clock, unless another process has them: those first that have waited longest.</summary>
    /// <param name="running">Jobs that the process has and works on: it keeps them for as long, and none of them is among the result.</param>
    Task<IReadOnlyList<MoveJob>> ClaimMovesAsync(string process, IReadOnlyCollection<string> running, int limit, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Moves what decides of a drained job in one transaction, and books usage of the old name under the new one from then on.</summary>
    /// <returns>The job as it stands then: moved, failed, or as it was, to be tried again; null: another process has it.</returns>
    Task<MoveJob?> CutOverAsync(MoveJob job, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a draining job that cannot be carried out; nothing was moved.</summary>
    Task<MoveJob?> FailAsync(MoveJob job, string fault, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Every cost center whose figures or settings a move has changed, by path.</summary>
    Task<IReadOnlyList<string>> ListTouchedAsync(MoveJob job, CancellationToken cancellationToken);

    /// <summary>Lets checks of the old name ask the new one; after every node has been told.</summary>
    Task<MoveJob?> OpenAsync(MoveJob job, CancellationToken cancellationToken);

    /// <summary>Gives the next sums or rows their new names, at most so many; with the last of them the job is done.</summary>
    Task<MoveJob?> RenameAsync(MoveJob job, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Archives a cost center with all below it. False: it is archived already, itself or with one above it.</summary>
    Task<bool> ArchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Ends that. False: it is not archived itself.</summary>
    Task<bool> UnarchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken);
}
