using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Ends holds at the ancestors of an owner.</summary>
internal static class AncestorCalls
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Ends an attempt at every ancestor. A node that cannot be reached within a second is told again in the background; what it holds lapses at its deadline
    /// in any case.
    /// </summary>
    public static async Task EndAtAncestorsAsync(this CostCenterNode node, CostCenterCalls calls, Guid key, Stamp attempt)
    {
        foreach (var ancestor in node.Ancestors) await EndAsync(node, calls, ancestor, key, attempt, _patience);
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

    /// <summary>Ends an attempt at one ancestor. Never fails; after the first attempt, which is given this much time, others follow in the background.</summary>
    public static async Task EndAsync(this CostCenterNode node, CostCenterCalls calls, string ancestor, Guid key, Stamp attempt, TimeSpan within)
    {
        var request = new EndHoldRequest(key, attempt.Value);
        if (!await TryEndAsync(calls, ancestor, request, within)) node.Finish(RepeatAsync(node.Services.Clock, () => TryEndAsync(calls, ancestor, request, within: null)));
    }

    /// <summary>
    /// Ending and lowering a hold are idempotent, so it is safe to repeat them, the first time at once: the process of the ancestor may be stopping, and the ancestor be loaded
    /// elsewhere. Who stays out of reach lets the hold lapse at its deadline.
    /// </summary>
    public static async Task RepeatAsync(TimeProvider clock, Func<Task<bool>> tryOnce)
    {
        for (var i = 0; i < MaxAttempts - 1; i++)
        {
            await Task.Delay(_patience * i, clock);
            if (await tryOnce()) return;
        }
    }

    private static async Task<bool> TryEndAsync(CostCenterCalls calls, string ancestor, EndHoldRequest request, TimeSpan? within)
    {
        try
        {
            return await calls.CallAsync(ancestor, request, static (grain, r) => EndedAsync(grain, r), within);
        }
        catch (Exception fault)
        {
            calls.Faults.Note(fault, "the end of a hold at an ancestor");
            // Out of reach, or on its way: the caller tries again.
            return false;
        }
    }

    private static async Task<bool> EndedAsync(ICostCenterGrain grain, EndHoldRequest request)
    {
        await grain.EndHold(request);
        return true;
    }
}
