using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Maps updates of the ledger to the notification of a node, and back to its effect.</summary>
internal static class UsageMapping
{
    public static CommitNotification ToNotification(NodeUpdate update, Moment now) => new(
        [.. update.Balances.Select(b => new NotifiedBalance(
            b.User, b.CostCenter == update.CostCenter ? null : b.CostCenter, b.Date,
            b.Day.Spent.Nanos, b.Day.Requests, b.Day.Version, b.Month.Spent.Nanos, b.Month.Requests, b.Month.Version, b.Corrected))],
        [.. update.Holds.Select(h => ToNotification(h.Effect, now))]);

    private static NotifiedHold ToNotification(in SettleEffect e, Moment now) => new(
        e.Key, e.Attempt.Value, e.Revision.Value, e.Left.Nanos, e.ExpiresAt, e.Ends ? null : new TimeSpan(e.Deadline - now.MonotonicTicks), e.Settled.Nanos,
        e.Tokens, e.Charges);

    /// <summary>The effect at the node that is told, by its own monotonic clock.</summary>
    public static SettleEffect ToEffect(NotifiedHold notified, Moment now)
    {
        var deadline = notified.Deadline is { } expiresAt ? now.MonotonicTicks + (notified.Lifetime ?? expiresAt - now.Utc).Ticks : 0;
        return new SettleEffect(
            notified.Key, new Stamp(notified.Attempt), new Stamp(notified.Revision), new Money(notified.Left), new Money(notified.Settled), notified.Deadline, deadline,
            notified.Tokens) { Charges = notified.Charges };
    }
}
