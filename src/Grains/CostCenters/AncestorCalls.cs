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
        foreach (var ancestor in node.Ancestors) await EndAsync(grains, node.Services.Clock, ancestor, key, attempt).AtMostAsync(_patience, node.Services.Clock);
    }

    /// <summary>Waits for a task that never fails, but not longer than this; it then goes on by itself.</summary>
    public static async Task AtMostAsync(this Task task, TimeSpan within, TimeProvider clock)
    {
        if (task.IsCompleted) return;
        try
        {
            await task.WaitAsync(within, clock);
        }
        catch (TimeoutException)
        {
            // It goes on by itself.
        }
    }

    /// <summary>Ends an attempt at one ancestor; tries a few times and never fails.</summary>
    public static async Task EndAsync(IGrainFactory grains, TimeProvider clock, string ancestor, Guid key, Stamp attempt)
    {
        const int attempts = 5;
        var request = new EndHoldRequest(key, attempt.Value);
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
