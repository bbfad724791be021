using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>Kill switches of subtrees, users and models; every write leaves an audit entry.</summary>
public interface ILedgerPauses
{
    /// <summary>Pauses (replacing a pause of the same subtree, user and model).</summary>
    Task PutPauseAsync(Pause pause, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Pauses in force, by cost center, user and model.</summary>
    /// <param name="after">The last one of the page before; null: from the first.</param>
    Task<IReadOnlyList<Pause>> ListPausesAsync(PauseFilter filter, Pause? after, int limit, CancellationToken cancellationToken);

    /// <summary>False when nothing was paused there.</summary>
    Task<bool> DeletePauseAsync(string costCenter, string? user, string? model, AdminContext admin, CancellationToken cancellationToken);
}
