using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Reports;

/// <summary>
/// What rows of a range came to, in portions, each a transaction of its own, so that a slow reader of an export holds no snapshot. A row that is recorded meanwhile may be in it
/// or not; none is in it twice.
/// </summary>
public interface ILedgerCharges
{
    /// <summary>By cost center, date, provider and model, corrections apart; whole dates of cost centers, those after one, or the first.</summary>
    /// <param name="costCenter">At and below it; null: everywhere.</param>
    /// <param name="limit">Dates of cost centers.</param>
    Task<IReadOnlyList<ChargeSum>> ReadChargesAsync(UsageRange range, string? costCenter, ChargeSum? after, int limit, CancellationToken cancellationToken);
}

/// <param name="CostCenter">Itself, without what is below.</param>
public sealed record ChargeSum(string CostCenter, DateOnly Date, string? Provider, string? Model, RowKind Kind, UsageSum Usage);
