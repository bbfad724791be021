using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.Interfaces.Budgets;

/// <summary>Gives a reservation back.</summary>
/// <param name="User">As its id says, with <paramref name="Date"/>; null: an earlier version does not say.</param>
/// <param name="Late">The call whose answer came too late to be passed on. The reservation stays if another call of the same check has it. Null: it ends in any case.</param>
/// <param name="HeldOnly">The sender's key has ended: only what is still held ends, and no charge is taken back.</param>
[GenerateSerializer, Immutable, Alias("budget.ReleaseRequest")]
public sealed record ReleaseRequest(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt,
    [property: Id(2)] Guid? Late = null,
    [property: Id(3)] string? User = null,
    [property: Id(4)] DateOnly? Date = null,
    [property: Id(5)] bool HeldOnly = false);

/// <summary>
/// The state after a release. <paramref name="AlreadySettled"/>: refused (R13). <paramref name="Unavailable"/>: the ledger could not be written. <paramref name="Ended"/>: this
/// release ended it, not one before.
/// </summary>
[GenerateSerializer, Immutable, Alias("budget.ReleaseReply")]
public sealed record ReleaseReply(
    [property: Id(0)] ReservationState State,
    [property: Id(1)] bool AlreadySettled,
    [property: Id(2)] bool Unavailable,
    [property: Id(3)] bool Ended = false);

/// <summary>Asks for the state of a reservation.</summary>
[GenerateSerializer, Immutable, Alias("budget.FindRequest")]
public sealed record FindRequest(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt,
    [property: Id(2)] string? User = null,
    [property: Id(3)] DateOnly? Date = null);

/// <summary>A reservation as its owner (or, in a view, a node that holds for it) knows it. Amounts in nano-units.</summary>
[GenerateSerializer, Immutable, Alias("budget.ReservationReply")]
public sealed record ReservationReply(
    [property: Id(0)] ReservationState State,
    [property: Id(1)] string Owner,
    [property: Id(2)] string User,
    [property: Id(3)] string? Model,
    [property: Id(4)] string? RequestId,
    [property: Id(5)] long Granted,
    [property: Id(6)] long Left,
    [property: Id(7)] long Settled,
    [property: Id(8)] DateTimeOffset CreatedAt,
    [property: Id(9)] DateTimeOffset ExpiresAt,
    [property: Id(10)] Guid Key,
    [property: Id(11)] long Attempt,
    [property: Id(12)] DateOnly Date,
    [property: Id(13)] Guid ContentHash);
