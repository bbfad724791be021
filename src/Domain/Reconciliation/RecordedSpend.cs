using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Reconciliation;

/// <summary>What the ledger has for one line of an invoice, corrections included.</summary>
public sealed record RecordedSpend(string? RequestId, DateOnly? Date, string? Provider, string? Model, long Rows, Money Cost, DearestRow Dearest);

/// <summary>The row that a correction of a whole group is booked on: a correction names one row, and this one can bear the most.</summary>
public sealed record DearestRow(string RequestId, string CostCenter, Money Net);
