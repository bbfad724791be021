using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Ledger.Repricing;

/// <summary>What is to be rated again.</summary>
/// <param name="CostCenter">At and below it; null: everywhere.</param>
/// <param name="Models">Names of rows or of prices; empty: all.</param>
/// <param name="Only">Rows that have one of these flags; none: all.</param>
/// <param name="DryRun">Nothing is booked.</param>
/// <param name="Reason">Stands on every correction.</param>
public sealed record RepriceOrder(UsageRange Range, string? CostCenter, IReadOnlyList<string> Models, RowFlags Only, bool DryRun, string? Reason);
