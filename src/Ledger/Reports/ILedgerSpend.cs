using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Reports;

/// <summary>What advice and circuit breakers are told of spend.</summary>
public interface ILedgerSpend
{
    /// <summary>Since when the limited windows of these cost centers that are spent have been so: of each period the newest such window.</summary>
    Task<IReadOnlyList<SpentSince>> ReadSpentSinceAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken);

    /// <summary>What one cost center spent in the month of a date, for advice.</summary>
    Task<SpendFacts> ReadSpendFactsAsync(string costCenter, DateOnly date, CancellationToken cancellationToken);
}

/// <summary>A window whose limit is spent.</summary>
public sealed record SpentSince(string CostCenter, string? User, Period Period, DateOnly Window, DateTimeOffset Since);
