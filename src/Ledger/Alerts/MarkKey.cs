using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>One threshold in one window of one account.</summary>
public readonly record struct MarkKey(AccountKey Account, Period Period, DateOnly Window, decimal At)
{
    public WindowKey In => new(Account, Period, Window);

    /// <summary>The threshold as it is stored.</summary>
    internal long StoredAt => (long)(At * Threshold.PartsOfOne);

    internal static decimal AtOf(long stored) => (decimal)stored / Threshold.PartsOfOne;
}
