namespace BudgetEngine.Ledger.Fence;

/// <summary>What the ledger says of time, to be compared with this process's clock.</summary>
public interface ILedgerClock
{
    /// <summary>Now by the ledger's clock, and the latest instant at which it was used by any process.</summary>
    Task<LedgerInstants> ReadAsync(CancellationToken cancellationToken);
}

/// <param name="Now">Of PostgreSQL's server; on SQLite the clock is this machine's.</param>
/// <param name="LastUsed">When a process last renewed its lease; null: none ever did, or all have ended in order.</param>
public sealed record LedgerInstants(DateTimeOffset Now, DateTimeOffset? LastUsed);
