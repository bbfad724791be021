using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// A reservation that is SETTLING does not lapse at its ancestors either: while a commit outlasts the deadlines of its reservations, the ancestors are asked every
/// second to keep them. An ancestor that cannot be reached for <see cref="Account.AncestorGrace"/> lets its hold lapse.
/// </summary>
internal static class LongCommit
{
    /// <summary>Several times within the ancestors' grace.</summary>
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);

    /// <summary>Never fails.</summary>
    /// <param name="over">They are no longer SETTLING: the outcome is applied, or nothing was sent.</param>
    public static async Task KeepAtAncestorsAsync(this CostCenterNode node, CostCenterCalls calls, IReadOnlyCollection<Reservation> settling, Task over)
    {
        var clock = node.Services.Clock;
        var ended = EndedAsync(over);
        var request = new KeepHoldsRequest([.. settling.Select(r => new KeptHold(r.Key, r.Attempt.Value))], Account.AncestorGrace);
        var wait = new TimeSpan(Math.Max(0, settling.Min(r => r.Deadline) - Moment.Of(clock).MonotonicTicks));
        while (true)
        {
            await ended.AtMostAsync(wait, clock);
            if (over.IsCompleted) return;
            await Task.WhenAll(node.Ancestors.Select(a => KeepAsync(calls, a, request))).AtMostAsync(_every, clock);
            wait = _every;
        }
    }

    // `WaitAsync` directly on the task of a `TaskCompletionSource` completes on the thread pool and would break determinism.
    private static async Task EndedAsync(Task over) => await over;

    private static async Task KeepAsync(CostCenterCalls calls, string ancestor, KeepHoldsRequest request)
    {
        try
        {
            await calls.CallAsync(ancestor, request, static async (grain, r) =>
            {
                await grain.KeepHolds(r);
                return true;
            });
        }
        catch (Exception fault)
        {
            calls.Faults.Note(fault, "the keeping of holds at an ancestor");
            // Asked again in a second.
        }
    }
}
