using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Ledger.Reports;

/// <summary>Compares balances with rows.</summary>
public interface ILedgerConsistency
{
    /// <summary>Compares every balance with the sum of its rows, in one snapshot, at or below <paramref name="under"/> (null: all).</summary>
    Task<ConsistencyReport> CheckConsistencyAsync(string? under, CancellationToken cancellationToken);
}

/// <param name="BalancesChecked">How many stored balances were compared (days and months, cost centers and users).</param>
/// <param name="Differences">At most 100.</param>
public sealed record ConsistencyReport(long RowsChecked, long BalancesChecked, IReadOnlyList<BalanceDifference> Differences)
{
    /// <summary>What was found in the ledger's file; null: it is not one file (PostgreSQL), or only a subtree was asked for.</summary>
    public FileCheck? File { get; init; }
}

/// <summary>A look through the ledger's file for pages that are no part of it.</summary>
/// <param name="IsWhole">False: the file is larger than could be looked through in the time, or so damaged that the look ended there.</param>
/// <param name="Faults">At most 10, in the database's words.</param>
public sealed record FileCheck(bool IsWhole, IReadOnlyList<string> Faults);

/// <param name="Kind"><c>day</c>, <c>month</c>, <c>user_day</c>, <c>user_month</c>.</param>
public sealed record BalanceDifference(string Kind, string CostCenter, string? User, DateOnly Window, Money Balance, Money Rows, long BalanceRequests, long RowRequests);
