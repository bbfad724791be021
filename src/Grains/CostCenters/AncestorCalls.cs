using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains;

/// <summary>Ends holds at the ancestors of an owner.</summary>
internal static class AncestorCalls
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Ends an attempt at every ancestor. A node that cannot be reached within a second is told again in the background; what it holds lapses at its deadline
    /// in any case.
    /// </summary>
    public static async Task EndAtAncestorsAsync(this CostCenterNode node, IGrainFactory grains, Guid key, Stamp attempt)
    {
        var request = new EndHoldRequest(key, attempt.Value);
        foreach (var ancestor in node.Ancestors)
        {
            var ended = EndAsync(grains, node.Services.Clock, ancestor, request);
            if (ended.IsCompleted) continue;
            try
            {
                await ended.WaitAsync(_patience, node.Services.Clock);
            }
            catch (TimeoutException)
            {
                // It goes on by itself.
            }
        }
    }

    private static async Task EndAsync(IGrainFactory grains, TimeProvider clock, string ancestor, EndHoldRequest request)
    {
        const int attempts = 5;
        for (var i = 1; ; i++)
        {
            try
            {
                await grains.GetGrain<ICostCenterGrain>(ancestor).EndHold(request, CancellationToken.None);
                return;
            }
            catch (Exception) when (i < attempts)
            {
                // Safe to repeat: ending is idempotent.
                await Task.Delay(_patience * i, clock);
            }
            catch (Exception)
            {
                // The hold lapses at its deadline.
                return;
            }
        }
    }
}
