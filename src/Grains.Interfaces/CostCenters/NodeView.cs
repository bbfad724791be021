using System.Collections.Immutable;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Grains.Interfaces.CostCenters;

/// <summary>What of a node to read again. <paramref name="User"/>: also that user's; <paramref name="Child"/>: also what is kept of that child; <paramref name="Sides"/>: of every user and child.</summary>
[GenerateSerializer, Immutable, Alias("budget.RefreshRequest")]
public sealed record RefreshRequest(
    [property: Id(0)] string? User,
    [property: Id(1)] string? Child,
    [property: Id(2)] bool Sides = false);

/// <summary>Asks for a view with at most so many reservations.</summary>
[GenerateSerializer, Immutable, Alias("budget.ViewRequest")]
public sealed record ViewRequest(
    [property: Id(0)] int MaxReservations)
{
    /// <summary>Direct children whose windows under <c>per_child</c> are asked for too.</summary>
    [Id(1)]
    public ImmutableArray<string> Children { get; init; } = [];
}

/// <summary>A pause that stands at a node.</summary>
[GenerateSerializer, Immutable, Alias("budget.PauseView")]
public sealed record PauseView(
    [property: Id(0)] string? User,
    [property: Id(1)] string? Model,
    [property: Id(2)] DateTimeOffset? Until,
    [property: Id(3)] string? Reason,
    [property: Id(4)] string By,
    [property: Id(5)] DateTimeOffset At);

/// <summary>A node as it stands. Amounts in nano-units.</summary>
/// <param name="Windows">Its own limited windows.</param>
/// <param name="Open">Number of holds, of its own reservations and of those below.</param>
/// <param name="Broken">Names an invariant that does not hold; null: sound.</param>
/// <param name="DayVersion">Versions of the balances shown, to compare with the ledger's.</param>
[GenerateSerializer, Immutable, Alias("budget.NodeView")]
public sealed record NodeView(
    [property: Id(0)] bool Exists,
    [property: Id(1)] DateOnly Today,
    [property: Id(2)] ImmutableArray<WindowState> Windows,
    [property: Id(3)] long SpentToday,
    [property: Id(4)] long SpentMonth,
    [property: Id(5)] long RequestsToday,
    [property: Id(6)] ImmutableArray<PauseView> Pauses,
    [property: Id(7)] int Open,
    [property: Id(8)] long OpenAmount,
    [property: Id(9)] ImmutableArray<ReservationReply> Reservations,
    [property: Id(10)] int ExpiredToday,
    [property: Id(11)] string? Broken,
    [property: Id(12)] long DayVersion,
    [property: Id(13)] long MonthVersion)
{
    /// <summary>Of the children that were asked for: their limited windows under <c>per_child</c>.</summary>
    [Id(14)]
    public ImmutableArray<WindowState> ChildWindows { get; init; } = [];

    /// <summary>Spend of the last ended days, oldest first; empty: a process of an earlier version does not say.</summary>
    [Id(15)]
    public ImmutableArray<long> RecentDays { get; init; } = [];

    /// <summary>The node may grant now: no other process can any more. A process of an earlier version does not say.</summary>
    [Id(16)]
    public bool MayGrant { get; init; }
}
