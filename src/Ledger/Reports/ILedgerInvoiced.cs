using BudgetEngine.Domain.Reconciliation;

namespace BudgetEngine.Ledger.Reports;

/// <summary>What was recorded, in the groups that invoices have. Corrections count with the row that they correct, whenever they were made; what retention has summed up is left out.</summary>
public interface ILedgerInvoiced
{
    /// <summary>Streamed, in no order. Sums are of one snapshot; single calls are read in portions, each a transaction of its own.</summary>
    IAsyncEnumerable<RecordedSpend> ReadInvoicedAsync(InvoicedFilter filter, CancellationToken cancellationToken);
}

/// <param name="CostCenter">At and below it; null: everywhere.</param>
/// <param name="Provider">Rows of this provider, and those that name none; null: all.</param>
public sealed record InvoicedFilter(UsageRange Range, string? CostCenter, string? Provider, InvoiceGrouping Grouping);
