using System.Collections.Immutable;

namespace BudgetEngine.Grains.Interfaces.Usage;

/// <summary>Balances of a date and its month as committed. Amounts in nano-units.</summary>
/// <param name="User">A tracked user of the node; null: not a user's.</param>
/// <param name="Child">A direct child's path, for <c>per_child</c>; null: not a child's.</param>
/// <param name="Corrected">A correction was part of the change.</param>
[GenerateSerializer, Immutable, Alias("budget.BalanceTell")]
public sealed record NotifiedBalance(
    [property: Id(0)] string? User,
    [property: Id(1)] string? Child,
    [property: Id(2)] DateOnly Date,
    [property: Id(3)] long DaySpent,
    [property: Id(4)] long DayRequests,
    [property: Id(5)] long DayVersion,
    [property: Id(6)] long MonthSpent,
    [property: Id(7)] long MonthRequests,
    [property: Id(8)] long MonthVersion,
    [property: Id(9)] bool Corrected = false);

/// <summary>What became of a hold.</summary>
/// <param name="Revision">Of a hold that goes on: the stamp that set the rest and the deadline.</param>
/// <param name="Deadline">As people are told it, without the ancestors' grace; null: ended.</param>
/// <param name="Lifetime">How far the deadline is from now. This is what counts, since wall clocks step and differ. Null from versions that did not send it.</param>
/// <param name="Settled">What has been settled on the reservation in all.</param>
/// <param name="Tokens">Used on it in all, saturated; null: not known.</param>
/// <param name="Charges">It ended at its deadline, and what was left is booked.</param>
[GenerateSerializer, Immutable, Alias("budget.HoldTell")]
public sealed record NotifiedHold(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt,
    [property: Id(2)] long Revision,
    [property: Id(3)] long Left,
    [property: Id(4)] DateTimeOffset? Deadline,
    [property: Id(5)] TimeSpan? Lifetime = null,
    [property: Id(6)] long Settled = 0,
    [property: Id(7)] int? Tokens = null,
    [property: Id(8)] bool Charges = false);

/// <summary>All that a commit, or several, changed for one node.</summary>
[GenerateSerializer, Immutable, Alias("budget.NodeTell")]
public sealed record CommitNotification(
    [property: Id(0)] ImmutableArray<NotifiedBalance> Balances,
    [property: Id(1)] ImmutableArray<NotifiedHold> Holds);
