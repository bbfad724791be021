using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Denials;

/// <summary>What refused a check, with the figures of that moment.</summary>
/// <param name="User">Whose limit or pause it is; null: the cost center's own.</param>
/// <param name="Period">Of the limited window; null: it is a pause, and has no amounts.</param>
/// <param name="EndsAt">When the window resets or the pause ends; null: never by itself.</param>
public sealed record DenialRefusal(
    string CostCenter, string? User, Period? Period, Money Limit, Money Spent, Money Held, string Status, DateTimeOffset? EndsAt)
{
    /// <summary>Of a pause: of one model; null: not.</summary>
    public string? Model { get; init; }

    /// <summary>How many reservations held what was held; null: not counted.</summary>
    public int? Reservations { get; init; }

    /// <summary>When the next of them was to lapse; null: none was, or not known.</summary>
    public DateTimeOffset? NextLapseAt { get; init; }
}
