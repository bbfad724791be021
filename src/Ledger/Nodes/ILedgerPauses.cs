using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>Kill switches of subtrees, users and models; every write leaves an audit entry.</summary>
public interface ILedgerPauses
{
    /// <summary>Pauses (replacing a pause of the same subtree, user and model).</summary>
    Task PutPauseAsync(Pause pause, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>False when nothing was paused there.</summary>
    Task<bool> DeletePauseAsync(string costCenter, string? user, string? model, AdminContext admin, CancellationToken cancellationToken);
}
