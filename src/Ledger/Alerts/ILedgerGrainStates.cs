namespace BudgetEngine.Ledger.Alerts;

/// <summary>A grain's own state that is not money, where Orleans has no database of its own for it.</summary>
public interface ILedgerGrainStates
{
    /// <summary>A grain's own state that is not money; null: none.</summary>
    Task<StoredState?> ReadStateAsync(string grain, CancellationToken cancellationToken);

    /// <summary>Writes it if its etag is still this one (0: there is none yet).</summary>
    /// <returns>The new etag; null when another came first.</returns>
    Task<long?> WriteStateAsync(string grain, string state, long etag, CancellationToken cancellationToken);

    /// <summary>False when another came first.</summary>
    Task<bool> ClearStateAsync(string grain, long etag, CancellationToken cancellationToken);
}

public sealed record StoredState(string State, long Etag);
