using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>One window of one account.</summary>
public readonly record struct WindowKey(AccountKey Account, Period Period, DateOnly Window);
