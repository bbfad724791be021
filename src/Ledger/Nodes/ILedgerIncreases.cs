using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>Temporary additions to limits; every write leaves an audit entry.</summary>
public interface ILedgerIncreases
{
    /// <summary>Stores an increase under the caller's id. A repeat changes nothing; another content under the id is a conflict.</summary>
    Task<IncreaseWriteResult> PutIncreaseAsync(Increase increase, AdminContext admin, CancellationToken cancellationToken);

    Task<Increase?> ReadIncreaseAsync(string id, CancellationToken cancellationToken);

    /// <param name="costCenter">Whose it was when the caller's right to it was looked at: an increase that has its id since then stays.</param>
    Task<bool> DeleteIncreaseAsync(string id, string costCenter, AdminContext admin, CancellationToken cancellationToken);

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
