using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>One window of one account.</summary>
public readonly record struct WindowKey(AccountKey Account, Period Period, DateOnly Window);
