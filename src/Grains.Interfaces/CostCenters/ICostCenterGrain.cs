using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Grains.Interfaces.CostCenters;

/// <summary>
/// One cost center; the key is its path. As <em>owner</em> it runs the life of the reservations that name it; as <em>ancestor</em> it keeps a hold for each
/// reservation below it. Methods answer statuses; an exception means a bug or a ledger out of reach.
/// </summary>
[Alias("budget.ICostCenterGrain")]
public interface ICostCenterGrain : IGrainWithStringKey
{
    /// <summary>Owner: decides a check over the whole path and holds the amount at every node of it (R1 to R4, R17).</summary>
    [Alias("Reserve")]
    Task<ReserveReply> Reserve(ReserveRequest request);

    /// <summary>Owner: more time, or a larger total amount (R5, R16).</summary>
    [Alias("Extend")]
    Task<ReserveReply> Extend(ExtendRequest request);

    /// <summary>Owner: gives a reservation back (R8, R11, R13, R15).</summary>
    [Alias("Release")]
    Task<ReleaseReply> Release(ReleaseRequest request);

    /// <summary>Owner: the state of a reservation; changes nothing.</summary>
    [Alias("Find")]
    Task<ReservationReply> Find(FindRequest request);

    /// <summary>
    /// Records usage durably; settles the reservations that records name (R6, R7, R10, R12, R14, R15). All records of a call belong to this cost center,
    /// or settle reservations that it owns. Answered when every record is durable and its nodes have been told.
    /// </summary>
    [Alias("Post")]
    Task<PostReply> Post(PostRequest request);

    /// <summary>Ancestor: holds an amount for a reservation below, if it fits here.</summary>
    [Alias("Hold")]
    Task<HoldReply> Hold(HoldRequest request);

    /// <summary>Ancestor: ends the hold of an attempt and of all earlier ones, and refuses them for 60 s.</summary>
    [Alias("EndHold")]
    Task EndHold(EndHoldRequest request);

    /// <summary>Ancestor: holds whose owners are SETTLING do not lapse. One that has gone does not come back.</summary>
    [Alias("KeepHolds")]
    Task KeepHolds(KeepHoldsRequest request);

    /// <summary>From the ledger's writer, after a commit: balances and what became of holds. Applied in one turn; only newer versions count.</summary>
    [Alias("Tell")]
    Task Notify(CommitNotification notification);

    /// <summary>Reads budget, increases and pauses again after an administrative write; answers when they are in force.</summary>
    [Alias("Refresh")]
    Task Refresh(RefreshRequest request);

    /// <summary>The node as it stands, for people.</summary>
    [Alias("View")]
    Task<NodeView> View(ViewRequest request);
}
