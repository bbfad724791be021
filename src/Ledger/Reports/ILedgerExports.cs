using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Reports;

/// <summary>
/// Rows of a range in portions, each a transaction of its own, so that a slow reader of an export holds no snapshot. A row that is recorded or retained meanwhile may
/// be in it or not; none is in it twice.
/// </summary>
public interface ILedgerExports
{
    /// <summary>Rows by tenant and request id, then the retained ones; those after one, or the first.</summary>
    Task<IReadOnlyList<UsageRow>> ReadRowsAsync(ReportRange range, UsageRow? after, int limit, CancellationToken cancellationToken);

    /// <summary>What rows came to by cost center, date, provider and model, corrections apart; whole dates of cost centers, those after one, or the first.</summary>
    /// <param name="limit">Dates of cost centers.</param>
    Task<IReadOnlyList<ChargeSum>> ReadChargesAsync(ReportRange range, ChargeSum? after, int limit, CancellationToken cancellationToken);
}

/// <param name="CostCenter">Itself, without what is below.</param>
public sealed record ChargeSum(string CostCenter, DateOnly Date, string? Provider, string? Model, RowKind Kind, UsageSum Usage);
