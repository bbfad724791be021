using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains;

/// <summary>One extension of a held reservation (R5): a refusal leaves every hold of the path as it was.</summary>
internal sealed class Extension(CostCenterNode node, CostCenterCalls calls, Reservation reservation, Hold hold)
{
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);

    private bool _put;

    public async Task<ReserveReply> RunAsync(ExtendRequest request, Money left, Money total, Moment now)
    {
        var (leftBefore, expiresBefore, deadlineBefore) = (hold.Left, reservation.ExpiresAt, reservation.Deadline);
        // An extension gives time; a ttl that ends sooner than what is held takes none back.
        var time = request.Ttl is { } ttl ? Shorter(ttl, reservation.CreatedAt + MaxLifetime - now.Utc) : TimeSpan.Zero;
        var gives = now.Ticks + time.Ticks > deadlineBefore;
        var (expiresAt, deadline) = gives ? (now.Utc + time, now.Ticks + time.Ticks) : (expiresBefore, deadlineBefore);
        var ask = new Ask(
            reservation.Key, node.Path, reservation.Attempt, node.NextStamp(), reservation.User, reservation.Model, reservation.RequestId, left, null,
            false, false, total == reservation.Granted, reservation.Date, expiresAt, new TimeSpan(deadline - now.Ticks),
            node.Tenant.Calendar.DateOf(now.Utc));
        var decision = new PathDecision(node, calls, new PathAsk(ask, false, false, request.VisibleDepth, request.AnswerWithin) { AskedAt = now });
        var overLimitBefore = reservation.OverLimit;
        node.Occupy(reservation);
        decision.AskOwner(now);
        // Waits for ancestors and the ledger; the reservation is busy, so nobody else touches it.
        await decision.AskAncestorsAsync();
        if (decision.Outage) decision.Refuse(DenialReason.LedgerUnavailable);
        now = node.Now();
        if (decision.Reason == DenialReason.None) await GrantAsync(decision, total, expiresAt, deadline);
        now = node.Now();
        if (decision.Reason != DenialReason.None)
        {
            (reservation.ExpiresAt, reservation.Deadline, reservation.OverLimit) = (expiresBefore, deadlineBefore, overLimitBefore);
            await decision.RestoreAsync(leftBefore, expiresBefore, deadlineBefore, now);
            // The refused put may reach the ledger after all. What puts it back goes after it, however long that takes.
            if (_put) _ = node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, StoredHolds.Unfenced(node.ToStored(reservation, hold, durable: true))), Timeout.InfiniteTimeSpan);
            now = node.Now();
        }

        node.Free(reservation);
        return Reply(decision, now);
    }

    private async Task GrantAsync(PathDecision decision, Money total, DateTimeOffset expiresAt, long deadline)
    {
        var grantedBefore = reservation.Granted;
        (reservation.ExpiresAt, reservation.Deadline) = (expiresAt, deadline);
        reservation.Granted = total;
        reservation.OverLimit |= decision.OverLimit;
        if (!reservation.Stored && !decision.Durable) return;
        _put = reservation.Stored = reservation.Durable = true;
        // Those that granted now; the epochs of the first grant are old where a node has been in memory anew since.
        reservation.Epochs = decision.Epochs;
        var outcome = await node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, node.ToStored(reservation, hold, durable: true)), decision.TimeLeft);
        if (outcome == HoldOutcome.Applied) return;
        reservation.Granted = grantedBefore;
        decision.Refuse(DenialReason.LedgerUnavailable);
    }

    private ReserveReply Reply(PathDecision decision, Moment now) => new(
        (Denial)decision.Reason, reservation.Granted.Nanos, reservation.Attempt.Value, reservation.Date, reservation.ExpiresAt, decision.OverLimit, false,
        decision.Available, decision.Tightest, decision.BlockedBy, decision.LapseAfter, decision.Windows, now.Utc, decision.PausedBy);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
