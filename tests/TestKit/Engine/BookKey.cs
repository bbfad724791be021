namespace BudgetEngine.TestKit.Engine;

/// <param name="User">Empty: the cost center's own balance.</param>
public readonly record struct BookKey(string CostCenter, string User, bool IsMonth, DateOnly Date);
