using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Reconciliation;

/// <summary>How an invoice and the ledger differ.</summary>
public enum MismatchKind
{
    /// <summary>On the invoice, not in the ledger.</summary>
    Missing,

    /// <summary>In the ledger, not on the invoice.</summary>
    Extra,

    /// <summary>In both, at another price.</summary>
    Price,
}

/// <summary>One difference.</summary>
/// <param name="Invoiced">0 where the invoice has nothing.</param>
/// <param name="Recorded">0 where the ledger has nothing.</param>
/// <param name="Amount">Invoiced less recorded: what would settle it.</param>
/// <param name="Correctable">The row that a correction of <paramref name="Amount"/> could be booked on; null: no single row can bear it.</param>
public sealed record Mismatch(
    MismatchKind Kind, string? RequestId, DateOnly? Date, string? Provider, string? Model, long Rows, Money Invoiced, Money Recorded, Money Amount, DearestRow? Correctable);
