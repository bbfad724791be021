using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Grains.InMemory;

/// <summary>A limited window of a cost center in memory.</summary>
/// <param name="EndsAt">Null: never.</param>
/// <param name="At">When it was read.</param>
public sealed record ActiveNodeFigures(
    string CostCenter, Period Period, Money Limit, Money Spent, Money Held, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, DateTimeOffset At);
