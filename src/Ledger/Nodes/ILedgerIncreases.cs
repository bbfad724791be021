using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>Temporary additions to limits; every write leaves an audit entry.</summary>
public interface ILedgerIncreases
{
    /// <summary>Stores an increase under the caller's id. A repeat changes nothing; another content under the id is a conflict.</summary>
    Task<IncreaseWriteResult> PutIncreaseAsync(Increase increase, AdminContext admin, CancellationToken cancellationToken);

    Task<Increase?> ReadIncreaseAsync(string id, CancellationToken cancellationToken);

    Task<bool> DeleteIncreaseAsync(string id, AdminContext admin, CancellationToken cancellationToken);

    Task<IReadOnlyList<Increase>> ListIncreasesAsync(string? under, string? afterId, int limit, CancellationToken cancellationToken);
}

public enum IncreaseWriteStatus
{
    Unknown = 0,
    Created,
    Unchanged,
    Conflict,
}

/// <param name="Increase">As stored.</param>
public sealed record IncreaseWriteResult(IncreaseWriteStatus Status, Increase Increase);
