using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>Budgets of cost centers and of users; every write leaves an audit entry.</summary>
public interface ILedgerBudgets
{
    /// <summary>Null when none is set.</summary>
    Task<StoredBudget?> ReadBudgetAsync(string costCenter, string? user, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a budget if the precondition holds; creates cost center, ancestors and tenant as needed. Setting the first budget that tracks users
    /// (<c>per_user</c>, or a user's own) fills their balances from the kept rows, under a lock that no batch crosses.
    /// </summary>
    /// <param name="tenant">
    /// On a tenant: its fields as they are to be (null: unchanged), from those that it has (null: it is new). Called in the transaction, so that of two writes neither
    /// undoes the other. Null: unchanged.
    /// </param>
    Task<BudgetWriteResult> PutBudgetAsync(
        string costCenter, string? user, Budget budget, Func<TenantSettings?, TenantSettings?>? tenant, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Spend, holds, increases and tenant fields stay.</summary>
    Task<BudgetWriteResult> DeleteBudgetAsync(
        string costCenter, string? user, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Budgets at or below <paramref name="under"/> (null: all), ordered by (cost center, user), after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<StoredBudget>> ListBudgetsAsync(string? under, (string CostCenter, string User)? after, int limit, CancellationToken cancellationToken);
}

/// <summary>A budget as stored.</summary>
/// <param name="Version">Makes the ETag; a new one with every write.</param>
public sealed record StoredBudget(string CostCenter, string? User, Budget Budget, long Version, DateTimeOffset UpdatedAt, string UpdatedBy);

/// <summary>What must be true for a write. Neither: always.</summary>
/// <param name="Versions"><c>If-Match</c>: one of these; empty: any existing one (<c>*</c>); null: not asked.</param>
/// <param name="MustBeNew"><c>If-None-Match: *</c>.</param>
public readonly record struct BudgetPrecondition(IReadOnlyList<long>? Versions, bool MustBeNew)
{
    public static readonly BudgetPrecondition None;

    /// <param name="stored">The budget as it is; null: none is set.</param>
    public bool Holds(StoredBudget? stored)
    {
        if (MustBeNew && stored is not null) return false;
        if (Versions is not { } versions) return true;
        return stored is not null && (versions.Count == 0 || versions.Contains(stored.Version));
    }
}

public enum BudgetWriteStatus
{
    Unknown = 0,
    Created,
    Replaced,
    Deleted,
    NotFound,
    PreconditionFailed,
}

public sealed record BudgetWriteResult(BudgetWriteStatus Status, StoredBudget? Budget);
