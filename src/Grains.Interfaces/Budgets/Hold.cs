using System.Collections.Immutable;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.Interfaces.Budgets;

/// <summary>An owner asks an ancestor to hold an amount, or to change a hold (a later revision replaces an earlier one).</summary>
/// <param name="Lower">Gives back a part: never refused.</param>
/// <param name="EndsEarlier">The attempt is refused already: nothing more is held for it, and holds of earlier attempts end.</param>
/// <param name="Today">For an extension: the owner's date, by which a window may have ended.</param>
/// <param name="Tokens">Announced for the call, saturated; 0 where it is not known.</param>
/// <param name="Now">The owner's instant; with <paramref name="Deadline"/> and <paramref name="Date"/> it is used by all nodes.</param>
[GenerateSerializer, Immutable, Alias("budget.HoldRequest")]
public sealed record HoldRequest(
    [property: Id(0)] string Owner,
    [property: Id(1)] Guid Key,
    [property: Id(2)] long Attempt,
    [property: Id(3)] long Revision,
    [property: Id(4)] string User,
    [property: Id(5)] string? Model,
    [property: Id(6)] long Amount,
    [property: Id(7)] long? MinAmount,
    [property: Id(8)] bool Free,
    [property: Id(9)] bool Unestimated,
    [property: Id(10)] bool Lower,
    [property: Id(11)] DateOnly Date,
    [property: Id(12)] DateTimeOffset Now,
    [property: Id(13)] DateTimeOffset Deadline,
    [property: Id(14)] bool DryRun,
    [property: Id(15)] bool Explain,
    [property: Id(16)] int VisibleDepth,
    [property: Id(17)] string? RequestId,
    [property: Id(18)] DateOnly? Today = null,
    [property: Id(19)] bool EndsEarlier = false,
    [property: Id(20)] int Tokens = 0);

/// <summary>A node's answer, and what its windows look like now.</summary>
/// <param name="Outage">Whether the node itself may grant now.</param>
/// <param name="Limited">It has a limited window for this check.</param>
/// <param name="Durable">Its budget wants the hold in the ledger before the answer.</param>
/// <param name="Epoch">Epoch of its activation, which fences durable holds.</param>
/// <param name="PausedBy">The pause that refuses.</param>
/// <param name="HardLimited">It has a hard limit for this check, whether or not it may grant now.</param>
[GenerateSerializer, Immutable, Alias("budget.HoldReply")]
public sealed record HoldReply(
    [property: Id(0)] VerdictKind Status,
    [property: Id(1)] DenialReason Reason,
    [property: Id(2)] long Granted,
    [property: Id(3)] bool OverLimit,
    [property: Id(4)] Outage Outage,
    [property: Id(5)] bool Limited,
    [property: Id(6)] bool Durable,
    [property: Id(7)] long Epoch,
    [property: Id(8)] long? Available,
    [property: Id(9)] WindowState? Tightest,
    [property: Id(10)] WindowState? BlockedBy,
    [property: Id(11)] TimeSpan? LapseAfter,
    [property: Id(12)] ImmutableArray<WindowState> Windows,
    [property: Id(13)] PauseState? PausedBy = null,
    [property: Id(14)] bool HardLimited = false);

/// <summary>Keeps holds whose owner waits for the ledger beyond their deadlines.</summary>
/// <param name="For">How long to keep them from now on, at least.</param>
[GenerateSerializer, Immutable, Alias("budget.KeepHoldsRequest")]
public sealed record KeepHoldsRequest(
    [property: Id(0)] ImmutableArray<KeptHold> Holds,
    [property: Id(1)] TimeSpan For);

/// <summary>One attempt of a reservation.</summary>
[GenerateSerializer, Immutable, Alias("budget.KeptHold")]
public sealed record KeptHold(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt);

/// <summary>Ends the hold of this attempt and of earlier ones.</summary>
[GenerateSerializer, Immutable, Alias("budget.EndHoldRequest")]
public sealed record EndHoldRequest(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt);
