using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Records;

/// <summary>Writes usage rows, balances and durable holds: what the group-commit writer drives.</summary>
public interface ILedgerRecords
{
    /// <summary>
    /// Commits a batch in one transaction: inserts rows whose (tenant, request id) is new, adds them up into the balances of the cost center and every
    /// ancestor (and of tracked users), applies the changes of durable holds. Rows go in sorted by (tenant, request id), balances by (cost center, date).
    /// Where a row of another cost center has the id, the new one is stored all the same, flagged <see cref="RowFlags.Conflict"/> (<see cref="ConflictingRequestId"/>).
    /// The row that brings a cost center into being is flagged <see cref="RowFlags.NewCostCenter"/>.
    /// Within a batch the first of equal ids wins; usage rows are stored before corrections, so a correction may refer to a row of its own batch. It is
    /// booked on its original's cost center, user, date, provider and model, whatever it says itself. A repeat of the same <see cref="LedgerBatch.Id"/>
    /// after an unknown outcome has no second effect and reports its own rows as recorded.
    /// </summary>
    Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken);
}

/// <summary>Records and changes of holds that are committed together.</summary>
/// <param name="Id">Unique per batch: tells the batch's own rows from duplicates when it is sent again.</param>
/// <param name="Holds">Durable holds that come or change without a record (reserve, extend, release, shutdown).</param>
public sealed record LedgerBatch(Guid Id, IReadOnlyList<RecordEntry> Records, IReadOnlyList<HoldChange> Holds);

/// <summary>One record of a batch.</summary>
/// <param name="Hold">What becomes of the durable hold that it settles; applied only if the record is recorded (not for a duplicate). Null: none.</param>
/// <param name="Guard">Not null: the row is a charge.</param>
/// <param name="Charged">The charge to take back, if there is one and the row is recorded. Of a correction: the row is the taking back itself, and the ledger sets its amount. Null: none.</param>
public sealed record RecordEntry(UsageRow Row, HoldChange? Hold = null, ChargeGuard? Guard = null, ChargedHold? Charged = null);

/// <summary>
/// The row is the charge of what a hold had left at its deadline (<see cref="AssumedUsage"/>). It is recorded only if, by what the ledger knows, the reservation is still its owner's to charge;
/// else its outcome is <see cref="RecordOutcome.NothingHeld"/>. A charge never passes for another's row: an id that is taken is a conflict.
/// </summary>
/// <param name="Epoch">Of the owner's activation: once another has the node, it or nobody charges. 0: not fenced (one process).</param>
/// <param name="Stored">The ledger keeps the hold: where its row is gone, the reservation was settled or released.</param>
public sealed record ChargeGuard(Guid Key, Stamp Attempt, string Owner, long Epoch, bool Stored);

/// <summary>The charge that may have been made of the reservation which a record settles. What it comes to is taken back in the transaction of the record.</summary>
/// <param name="Id">Request id of the charge.</param>
/// <param name="Owner">The cost center that it is booked to.</param>
public sealed record ChargedHold(string Id, string Owner);

/// <summary>A durable hold as it is to be stored, or its end.</summary>
/// <param name="Put">Null: the hold ends (its row is deleted, with any older attempt; a row of a later attempt stays).</param>
/// <param name="Update">
/// The put changes a row that is there and makes none: what is not there has ended. A heartbeat of a process that has lost the node may be committed after its successor has charged or settled
/// the reservation.
/// </param>
public sealed record HoldChange(Guid Key, Stamp Attempt, DurableHold? Put, bool Update = false);

/// <summary>A reservation that the ledger keeps, so that it survives its process.</summary>
/// <param name="Key">Names the reservation: hash of owner and request id.</param>
/// <param name="Nodes">Every node that holds it, leaf to root: the owner and its ancestors.</param>
/// <param name="Left">What is still held. <paramref name="Granted"/>: what was granted in all.</param>
/// <param name="Durable">True where a budget asks for it; false for a hold handed over at shutdown only.</param>
/// <param name="Epochs">Per node of <paramref name="Nodes"/> the epoch that granted; a put is refused with <see cref="HoldOutcome.StaleEpoch"/> if one
/// is older than the registered one. Empty: not fenced (one process).</param>
public sealed record DurableHold(
    Guid Key, string Owner, string User, string? Model, string? RequestId, Guid ContentHash, Stamp Attempt, Stamp Revision, DateOnly Date, Money Granted, Money Left, Money Settled,
    TimeSpan Ttl, DateTimeOffset CreatedAt, DateTimeOffset Deadline, bool OverLimit, bool Durable, IReadOnlyList<string> Nodes, IReadOnlyList<long> Epochs);

/// <summary>What became of one record of a batch.</summary>
public enum RecordOutcome
{
    /// <summary>Not decided: never a success.</summary>
    Unknown = 0,
    Recorded,

    /// <summary>The id is known with the same content: no effect.</summary>
    Duplicate,

    /// <summary>The id is known with other content of the same cost center: no effect.</summary>
    Conflict,

    /// <summary>A correction of a row that is not there (any more).</summary>
    UnknownOriginal,

    /// <summary>A correction that would bring the net cost of its row below zero.</summary>
    CorrectionTooLarge,

    /// <summary>The ledger refused the data; set by the writer after halving a batch.</summary>
    NotStorable,

    /// <summary>The outcome could not be learned in time; repeating with the same id is safe.</summary>
    Unavailable,

    /// <summary>A charge of a hold that is over, or no longer its sender's: no effect.</summary>
    NothingHeld = 11,
}

/// <summary>What became of one change of a hold.</summary>
public enum HoldOutcome
{
    Unknown = 0,
    Applied,

    /// <summary>A later attempt or revision is stored; nothing changed.</summary>
    Superseded,

    /// <summary>A node that granted it has been taken over since; nothing was stored.</summary>
    StaleEpoch,

    Unavailable,
}

/// <summary>The outcome of one record, with the cost and flags as stored (of a duplicate or conflict: those of the first).</summary>
/// <param name="NewFrom">Of the first record of a new cost center: how many segments the highest cost center has that came into being with it; else 0.</param>
/// <param name="Elsewhere">The cost center whose balances it has touched, or as a duplicate reads, besides that of the record: a correction's original, a charge that is taken back. Null: none.</param>
public readonly record struct RecordResult(RecordOutcome Outcome, Money Cost, RowFlags Flags, int NewFrom = 0, string? Elsewhere = null);

/// <summary>The balances of a date and of its month, of a cost center or of one user in it, as committed.</summary>
/// <param name="User">Null: the cost center's own.</param>
/// <param name="Corrected">A correction was part of the change.</param>
public sealed record DateBalances(string CostCenter, string? User, DateOnly Date, Balance Day, Balance Month, bool Corrected = false);

/// <summary>What a commit did.</summary>
/// <param name="Records">In the order of <see cref="LedgerBatch.Records"/>.</param>
/// <param name="Holds">In the order of <see cref="LedgerBatch.Holds"/>.</param>
/// <param name="Balances">For every node and date on the paths of recorded and duplicate rows, sorted by (cost center, user, date); users where they are tracked.
/// For a duplicate these are the balances of the STORED row's cost center path and date.</param>
public sealed record BatchResult(IReadOnlyList<RecordResult> Records, IReadOnlyList<HoldOutcome> Holds, IReadOnlyList<DateBalances> Balances)
{
    /// <summary>Old names under which records came: they are booked under the new ones.</summary>
    public CostCenterAliases Aliases { get; init; } = CostCenterAliases.None;
}
