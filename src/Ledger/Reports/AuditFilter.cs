namespace BudgetEngine.Ledger.Reports;

/// <summary>Which entries of the audit are asked for; null: any.</summary>
/// <param name="Under">About this cost center or one below it.</param>
/// <param name="Actors">Made by one of these.</param>
/// <param name="Action">An action, <c>budget.put</c>, or all of one thing, <c>budget</c>.</param>
public sealed record AuditFilter(string? Under = null, DateTimeOffset? Since = null, IReadOnlyList<string>? Actors = null, string? Action = null);
