using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger;

/// <summary>Who makes one more of something bounded, and how many there may be. Looked at in the transaction that makes it.</summary>
/// <param name="Within">The writer's subtree; null: the whole installation.</param>
public readonly record struct ShareClaim(string? Within, SubtreeShares Shares);
