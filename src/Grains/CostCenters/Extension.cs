using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>One extension of a held reservation (R5): a refusal leaves every hold of the path as it was.</summary>
internal sealed class Extension(CostCenterNode node, CostCenterCalls calls, Reservation reservation, Hold hold)
{
    private bool _put;

    public async Task<ReserveReply> RunAsync(ExtendRequest request, Money left, Money total, Moment now)
    {
        var (leftBefore, expiresBefore, deadlineBefore) = (hold.Left, reservation.ExpiresAt, reservation.Deadline);
        var (expiresAt, deadline) = reservation.Prolonged(request.Ttl ?? TimeSpan.Zero, now);
        var ask = new Ask(
            reservation.Key, node.Path, reservation.Attempt, node.NextStamp(), reservation.User, reservation.Model, reservation.RequestId, left, null,
            false, false, total == reservation.Granted, reservation.Date, expiresAt, new TimeSpan(deadline - now.MonotonicTicks),
            node.Tenant.Calendar.DateOf(now.Utc));
        var decision = new PathDecision(node, calls, new PathAsk(ask, false, false, request.VisibleDepth, request.AnswerWithin) { AskedAt = now });
        var (overLimitBefore, durableBefore) = (reservation.OverLimit, reservation.Durable);
        using var busy = node.Occupy(reservation);
        decision.AskOwner(now);
        // Waits for the ancestors and the ledger. The reservation is busy, so nobody else touches it.
        await decision.AskAncestorsAsync();
        if (decision.Outage != Outage.None) decision.Refuse(DenialReason.LedgerUnavailable);
        now = node.Now();
        if (decision.Reason == DenialReason.None) await GrantAsync(decision, total, expiresAt, deadline);
        now = node.Now();
        if (decision.Reason != DenialReason.None)
        {
            (reservation.ExpiresAt, reservation.Deadline, reservation.OverLimit, reservation.Durable) = (expiresBefore, deadlineBefore, overLimitBefore, durableBefore);
            await decision.RestoreAsync(leftBefore, expiresBefore, deadlineBefore, now);
            // The refused write may reach the ledger after all. The write that undoes it goes after it and has no time limit.
            if (_put) _ = node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, StoredHolds.Unfenced(node.ToStored(reservation, hold, durableBefore)), Update: true), Timeout.InfiniteTimeSpan);
            now = node.Now();
        }

        busy.Free();
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
        // The epochs of the nodes that granted now. Those of the first grant are old where a node has been loaded again since.
        reservation.Epochs = decision.Epochs;
        var outcome = await node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, node.ToStored(reservation, hold, durable: true)), decision.TimeLeft);
        if (outcome == HoldOutcome.Applied) return;
        reservation.Granted = grantedBefore;
        decision.Refuse(DenialReason.LedgerUnavailable);
    }

    private ReserveReply Reply(PathDecision decision, Moment now) => new(
        decision.Reason, reservation.Granted.Nanos, reservation.Attempt.Value, reservation.Date, reservation.ExpiresAt, decision.OverLimit, false,
        decision.Available?.Nanos, decision.Tightest, decision.BlockedBy, decision.LapseAfter, decision.Windows, now.Utc, decision.PausedBy);
}
