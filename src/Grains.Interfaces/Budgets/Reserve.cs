using System.Collections.Immutable;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.Interfaces.Budgets;

/// <summary>A check, rated by the edge. Amounts in nano-units.</summary>
/// <param name="Key">Names the reservation: hash of owner and request id.</param>
/// <param name="RequestId">As sent; null when the engine made one.</param>
/// <param name="ContentHash">Of cost center, user, model, amount and counts as sent.</param>
/// <param name="MinAmount">The least that a partial grant may be; null: all or nothing.</param>
/// <param name="Free">The amount is 0 because the price is: passes a spent budget.</param>
/// <param name="Unestimated">Nothing could be estimated: passes while anything is available.</param>
/// <param name="DryRun">Holds nothing and leaves no trace.</param>
/// <param name="VisibleDepth">Nodes with fewer segments are above the caller's subtree and stay out of <c>tightest</c>.</param>
/// <param name="OutageAllow"><c>on_outage: allow</c> of the nearest cost center that sets it, <paramref name="OutageNode"/>, with its limit.</param>
/// <param name="Tokens">Announced, input and output together, saturated; 0 where it is not known.</param>
/// <param name="Call">Call id; stable across retries. Others may send the same check.</param>
[GenerateSerializer, Immutable, Alias("budget.ReserveRequest")]
public sealed record ReserveRequest(
    [property: Id(0)] Guid Key,
    [property: Id(1)] string? RequestId,
    [property: Id(2)] Guid ContentHash,
    [property: Id(3)] string User,
    [property: Id(4)] string? Model,
    [property: Id(5)] long Amount,
    [property: Id(6)] long? MinAmount,
    [property: Id(7)] bool Free,
    [property: Id(8)] bool Unestimated,
    [property: Id(9)] TimeSpan Ttl,
    [property: Id(10)] bool DryRun,
    [property: Id(11)] bool Explain,
    [property: Id(12)] int VisibleDepth,
    [property: Id(13)] bool OutageAllow,
    [property: Id(14)] long? OutageLimit,
    [property: Id(15)] string? OutageNode,
    [property: Id(16)] TimeSpan AnswerWithin,
    [property: Id(17)] Guid Call = default,
    [property: Id(18)] int Tokens = 0);

/// <summary>The decision on a check or an extension.</summary>
/// <param name="Reason">None: allowed.</param>
/// <param name="Granted">Of an extension: the new total.</param>
/// <param name="Attempt">Stamp of the attempt; part of the reservation id.</param>
/// <param name="Date">Booked date.</param>
/// <param name="Available">The least available amount on the whole path; null without a limited window.</param>
/// <param name="Tightest">Of the visible nodes, the limited window with the least available.</param>
/// <param name="BlockedBy">Of the first refusing node from the leaf upward, the refusing window that resets last, or its limit by the minute.</param>
/// <param name="LapseAfter">Time until the next hold there lapses, where the amount would fit if nothing were held; of a limit by the minute until the call fits.</param>
/// <param name="Windows">All visible limited windows, leaf to root, when asked for; else empty.</param>
/// <param name="PausedBy">For a denial because of a pause: the pause at the first refusing node from the leaf upward.</param>
/// <param name="New">Of a check: nothing is known of the cost center, neither usage nor a budget.</param>
[GenerateSerializer, Immutable, Alias("budget.ReserveReply")]
public sealed record ReserveReply(
    [property: Id(0)] DenialReason Reason,
    [property: Id(1)] long Granted,
    [property: Id(2)] long Attempt,
    [property: Id(3)] DateOnly Date,
    [property: Id(4)] DateTimeOffset ExpiresAt,
    [property: Id(5)] bool OverLimit,
    [property: Id(6)] bool Degraded,
    [property: Id(7)] long? Available,
    [property: Id(8)] WindowState? Tightest,
    [property: Id(9)] WindowState? BlockedBy,
    [property: Id(10)] TimeSpan? LapseAfter,
    [property: Id(11)] ImmutableArray<WindowState> Windows,
    [property: Id(12)] DateTimeOffset DecidedAt,
    [property: Id(13)] PauseState? PausedBy = null,
    [property: Id(14)] bool New = false);

/// <summary>More time or a larger amount for a reservation.</summary>
/// <param name="Ttl">From now; null: unchanged.</param>
/// <param name="Amount">The new total; null: unchanged.</param>
[GenerateSerializer, Immutable, Alias("budget.ExtendRequest")]
public sealed record ExtendRequest(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt,
    [property: Id(2)] TimeSpan? Ttl,
    [property: Id(3)] long? Amount,
    [property: Id(4)] int VisibleDepth,
    [property: Id(5)] TimeSpan AnswerWithin,
    [property: Id(6)] string? User = null,
    [property: Id(7)] DateOnly? Date = null);
