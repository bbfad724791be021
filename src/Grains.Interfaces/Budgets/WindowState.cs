using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.Interfaces.Budgets;

/// <summary>A limited window as a node knows it. Amounts in nano-units.</summary>
/// <param name="User">Null: the cost center's own window.</param>
/// <param name="Period">1 daily, 2 weekly, 3 monthly, 4 total.</param>
/// <param name="Window">First local date; the minimum for total.</param>
/// <param name="Limit">With the increases in force.</param>
/// <param name="Status"><c>ok</c>, the level of the highest threshold reached, or <c>exceeded</c>.</param>
/// <param name="Soft">Enforced softly: spent, it refuses nothing.</param>
/// <param name="Reservations">Of a window that refuses: how many reservations hold <paramref name="Held"/>; null: not counted.</param>
/// <param name="NextLapse">Of a window that refuses: when the next of them lapses; null: none does, or not known.</param>
/// <param name="Minute">Not none: a limit by the minute. Limit and held are then counts, and nothing else but cost center and user means anything.</param>
[GenerateSerializer, Immutable, Alias("budget.WindowState")]
public sealed record WindowState(
    [property: Id(0)] string CostCenter,
    [property: Id(1)] string? User,
    [property: Id(2)] byte Period,
    [property: Id(3)] DateOnly Window,
    [property: Id(4)] long Limit,
    [property: Id(5)] long Spent,
    [property: Id(6)] long Held,
    [property: Id(7)] string Status,
    [property: Id(8)] bool Soft = false,
    [property: Id(9)] int? Reservations = null,
    [property: Id(10)] DateTimeOffset? NextLapse = null,
    [property: Id(11)] MinuteMeter Minute = MinuteMeter.None);

/// <summary>A pause that refuses a check.</summary>
/// <param name="User">Of one user; null: not.</param>
/// <param name="Until">Null: until resumed.</param>
/// <param name="Model">Of one model; null: not.</param>
/// <param name="MovedTo">Where the cost center is moved, or was; null: it is not moved.</param>
[GenerateSerializer, Immutable, Alias("budget.PauseState")]
public sealed record PauseState(
    [property: Id(0)] string CostCenter,
    [property: Id(1)] string? User,
    [property: Id(2)] DateTimeOffset? Until,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] string? Model = null,
    [property: Id(5)] PauseCause Cause = PauseCause.None,
    [property: Id(6)] string? MovedTo = null);
