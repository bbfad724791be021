using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Budgets;

/// <summary>A temporary addition to a limit.</summary>
public sealed record IncreaseResponse(
    string Id, string CostCenter, string? User, Period Period, Money Amount, DateTimeOffset Until, string? Reason, string By, DateTimeOffset At)
{
    public static IncreaseResponse Of(Increase i) => new(i.Id, i.CostCenter, i.User, i.Period, i.Amount, i.Until, i.Reason, i.By, i.At);
}
