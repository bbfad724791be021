using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>What accounts' thresholds depend on. Budgets and increases of parents are among them, for <c>per_child</c>.</summary>
public sealed record EvaluationFacts(
    IReadOnlyDictionary<AccountKey, Budget> Budgets, ILookup<AccountKey, Increase> Increases, ILookup<AccountKey, (Period Period, DatedBalance Dated)> Balances,
    ILookup<AccountKey, ThresholdMark> Marks)
{
    /// <summary>What limits an account: its own budget; else, of a user, the cost center's default, and of a cost center its parent's for children.</summary>
    public LimitSet? LimitsOf(AccountKey account)
    {
        if (Budgets.TryGetValue(account, out var own)) return own.Own;
        if (account.User.Length > 0) return Budgets.GetValueOrDefault(account with { User = "" })?.PerUser;
        return CostCenterId.ParentOf(account.CostCenter) is { } parent ? Budgets.GetValueOrDefault(new AccountKey(parent, ""))?.PerChild : null;
    }
}
