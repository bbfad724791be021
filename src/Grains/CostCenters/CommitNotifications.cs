using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Applies a commit notification, in one turn: the balances, then what became of holds.</summary>
internal static class CommitNotifications
{
    public static void Apply(CostCenterNode node, CommitNotification notification, Moment now)
    {
        var account = node.Account;
        foreach (var b in notification.Balances)
        {
            var known = b switch
            {
                { User: { } user } => account.Sides.Resident(AccountKind.User, user),
                { Child: { } child } => account.Sides.Resident(AccountKind.Child, child),
                _ => account.Node,
            };
            if (known is null)
            {
                node.WatchSide(b.User is null ? AccountKind.Child : AccountKind.User, b.User ?? b.Child!);
                continue;
            }

            node.Learn(
                known, b.Date, new Balance(new Money(b.DaySpent), b.DayRequests, b.DayVersion), new Balance(new Money(b.MonthSpent), b.MonthRequests, b.MonthVersion),
                b.Corrected);
        }

        foreach (var h in notification.Holds) Apply(node, h, now);
        // The end of a hold alone does not show that there was usage here: the usage may be booked elsewhere.
        if (notification.Balances.Length > 0) node.MarkExisting();
    }

    private static void Apply(CostCenterNode node, NotifiedHold notified, Moment now)
    {
        var effect = UsageMapping.ToEffect(notified, now);
        // An owner applies the outcome of its own commit itself while somebody waits for it. It is told only when nobody waits any more, or when it has been out
        // of memory since.
        var own = node.Reservations.Find(effect.Key, effect.Attempt, now);
        if (own is not { Busy: true }) effect.ApplyTo(node.Account, node.Reservations, own, now);
    }
}
