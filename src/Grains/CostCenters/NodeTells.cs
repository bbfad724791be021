using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Grains;

/// <summary>Applies what the ledger's writer tells, in one turn: the balances, then what became of holds.</summary>
internal static class NodeTells
{
    public static void Apply(CostCenterNode node, NodeTell tell, Moment now)
    {
        var account = node.Account;
        foreach (var b in tell.Balances)
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

        foreach (var h in tell.Holds) Apply(node, h, now);
        // The end of a hold alone is no usage here: it may be booked elsewhere.
        if (tell.Balances.Length > 0) node.MarkExisting();
    }

    private static void Apply(CostCenterNode node, HoldTell tell, Moment now)
    {
        var account = node.Account;
        var (attempt, revision) = (new Stamp(tell.Attempt), new Stamp(tell.Revision));
        // An owner hears of its own only when nobody waits for the outcome any more: it applies that itself, unless it has been out of memory since.
        var own = node.Reservations.Find(tell.Key, attempt, now);
        if (own is { Busy: true }) return;
        if (tell.Deadline is not { } expiresAt)
        {
            account.End(tell.Key, attempt, now);
            if (own is { State: ReservationState.Held }) node.Reservations.End(own, ReservationState.Settled, now);
            return;
        }

        // A later stamp at the hold wins: this word was overtaken.
        if (account.Find(tell.Key) is not { } hold || hold.Attempt != attempt || hold.Revision >= revision) return;
        account.SetLeft(hold, new Money(tell.Left));
        hold.Revision = revision;
        var deadline = now.Ticks + (tell.Lifetime ?? expiresAt - now.Utc).Ticks;
        if (own is not null) (own.ExpiresAt, own.Deadline) = (expiresAt, deadline);
        account.SetDeadline(hold, expiresAt, own is null ? deadline + Account.AncestorGrace.Ticks : deadline);
    }
}
