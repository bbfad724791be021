using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Checks;

/// <summary>A limited window as it is told to a caller.</summary>
/// <param name="Minute">Not none: a limit by the minute. Limit and held are then counts.</param>
/// <param name="Hidden">Above the caller's subtree: only cost center, period, status and reset may be told.</param>
public sealed record WindowView(
    string CostCenter, string? User, Period Period, Money Limit, Money Spent, Money Held, string Status, DateTimeOffset? ResetsAt, bool Hidden,
    MinuteMeter Minute = MinuteMeter.None)
{
    /// <summary>Of the window that refuses: how many reservations hold what is held; null: not counted.</summary>
    public int? Reservations { get; init; }

    /// <summary>Of the window that refuses: when the next of them lapses; null: none does, or not known.</summary>
    public DateTimeOffset? NextLapse { get; init; }

    public Money Available => Limit - Spent - Held;

    public Money Remaining => Limit - Spent;

    /// <summary>Spent / limit to 4 decimals; null at limit 0.</summary>
    public decimal? Utilization => Limit.Nanos == 0 ? null : decimal.Round((decimal)Spent.Nanos / Limit.Nanos, 4);
}
