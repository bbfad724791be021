using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// After a start: brings the cost centers into memory that charge at deadlines and have holds in the ledger. Others come back with the next command that names them; but of a hold that
/// nobody settles no command may come before its deadline.
/// </summary>
public sealed class StoredHoldOwners(ILedgerHolds holds, CostCenterServices services, IGrainFactory grains)
{
    /// <summary>Cost centers that are brought back, those with the next deadlines first; the others come back when they are named.</summary>
    public const int MaxOwners = 10_000;

    /// <exception cref="Ledger.LedgerUnavailableException">The ledger could not be read.</exception>
    public async Task WakeAsync(CancellationToken stopping)
    {
        var policies = services.Catalog.Current.Policies;
        var calls = services.CallsOver(grains);
        foreach (var owner in await holds.ReadOwnersAsync(services.Clock.GetUtcNow(), MaxOwners, stopping))
        {
            if (policies.PolicyOf(owner).OnExpiry != ExpiryRule.Charge) continue;
            stopping.ThrowIfCancellationRequested();
            try
            {
                await calls.CallAsync(owner, new ViewRequest(0), static (grain, request) => grain.View(request));
            }
            catch (Exception fault)
            {
                // It comes back when it is named.
                services.Faults.Note(fault, "the return of a cost center with stored holds");
            }
        }
    }
}
