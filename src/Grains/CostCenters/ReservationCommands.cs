using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>The owner's side of reserve, extend and release: rules R1 to R5, R8, R11, R13, R15 to R17.</summary>
internal sealed class ReservationCommands(CostCenterNode node, CostCenterCalls calls)
{
    public async ValueTask<ReserveReply> ReserveAsync(ReserveRequest request)
    {
        // Waits, so everything below is read after it.
        while (!node.SidesReady(request.User, node.Path)) await node.LoadSidesAsync(request.User, node.Path);
        var now = node.Now();
        if (request.DryRun) return await LookAsync(request, node.Tenant.Calendar.DateOf(now.Utc), now);
        while (node.Reservations.Find(request.Key, now) is { Busy: true } busy)
        {
            // Another command on the same reservation is under way, and its outcome is open.
            await node.WhenFreeAsync(busy);
            now = node.Now();
        }

        var date = node.Tenant.Calendar.DateOf(now.Utc);
        var before = node.Reservations.Find(request.Key, now);
        if (before is { State: ReservationState.Held } && before.ContentHash == request.ContentHash) return await RepeatAsync(request, before, now);
        if (before is { State: ReservationState.Held or ReservationState.Settled }) return Denied(DenialReason.RequestIdConflict, date, now);
        if (IsImplausible(request.Amount)) return Denied(DenialReason.ImplausibleAmount, date, now);
        if (node.Reservations.OpenCount >= node.Services.HoldRoom.MaxOwn) return Denied(DenialReason.TooManyReservations, date, now);
        if (node.Tenant.DenyNewCostCenters && node.Account.Budget is null) return Denied(DenialReason.UnknownCostCenter, date, now);
        // While this command waited for a busy reservation, another turn may have dropped the side accounts.
        return node.SidesReady(request.User, node.Path) ? await DecideAsync(request, date, now) : await ReserveAsync(request);
    }

    public async Task<ReserveReply> ExtendAsync(ExtendRequest request)
    {
        var found = await FindFreeAsync(request.Claim());
        // The reservation must be free and its side accounts in memory at the same instant; of several commands that waited only the first finds it so. The side
        // accounts are read before the reservation is occupied, since reading may fail. More time alone asks no side account.
        while (found is not null && (found.Busy || (request.Amount is not null && !node.SidesReady(found.User, node.Path))))
        {
            if (!found.Busy) await node.LoadSidesAsync(found.User, node.Path);
            found = await FindFreeAsync(request.Claim());
        }

        var now = node.Now();
        if (found is not { State: ReservationState.Held } reservation || node.Account.Find(request.Key) is not { } hold)
        {
            return Denied(DenialReason.ReservationEnded, found?.Date ?? default, now);
        }

        var total = request.Amount is { } amount ? new Money(amount) : reservation.Granted;
        if (total < reservation.Granted) return Denied(DenialReason.AmountTooSmall, reservation.Date, now);
        var more = total - reservation.Granted;
        if (more.IsPositive && IsImplausible((hold.Left + more).Nanos)) return Denied(DenialReason.ImplausibleAmount, reservation.Date, now);
        return await new Extension(node, calls, reservation, hold).RunAsync(request, hold.Left + more, total, now);
    }

    public async ValueTask<ReleaseReply> ReleaseAsync(ReleaseRequest request)
    {
        var (claim, attempt) = (request.Claim(), new Stamp(request.Attempt));
        var reservation = await FindFreeAsync(claim);
        // Of several commands that waited only the first finds it free.
        while (reservation is { Busy: true }) reservation = await FindFreeAsync(claim);
        var now = node.Now();
        if (request.HeldOnly && reservation is not { State: ReservationState.Held })
        {
            return new ReleaseReply(reservation?.State ?? ReservationState.Forgotten, reservation?.State == ReservationState.Settled, false);
        }

        switch (reservation?.State)
        {
            case null:
                if (node.MayHaveLeft(claim, now))
                {
                    node.Account.End(request.Key, attempt, now);
                    await node.EndAtAncestorsAsync(calls, request.Key, attempt);
                }

                // Of an answer that came too late nobody knows any more whether another call has the reservation: then what was charged stays.
                return node.Charges.AreDue && request.Late is null ? await TakeBackAsync(request, null, now) : new ReleaseReply(ReservationState.Forgotten, false, false);
            case ReservationState.Held when request.Late is { } call && !reservation.TakeBack(call):
                return new ReleaseReply(ReservationState.Held, false, false);
            case ReservationState.Held:
                break;
            case ReservationState.Expired when reservation.MayBeCharged && (request.Late is not { } late || reservation.TakeBack(late)):
                return await TakeBackAsync(request, reservation, now);
            default:
                return new ReleaseReply(reservation.State, reservation.State == ReservationState.Settled, false);
        }

        using var busy = node.Occupy(reservation);
        if (reservation.Stored)
        {
            var outcome = await node.StoreAsync(new HoldChange(reservation.Key, attempt, null), node.Services.Options.PostDeadline);
            now = node.Now();
            if (outcome == HoldOutcome.Unavailable)
            {
                busy.Free();
                return new ReleaseReply(ReservationState.Held, false, true);
            }
        }

        node.Account.End(reservation.Key, attempt, now, remember: false);
        node.Reservations.End(reservation, ReservationState.Released, now);
        busy.Free();
        await node.EndAtAncestorsAsync(calls, reservation.Key, attempt);
        return new ReleaseReply(ReservationState.Released, false, false, Ended: true);
    }

    /// <summary>Its hold has ended, and may have been charged: a release takes that back (R11, R15).</summary>
    /// <param name="reservation">Expired; null: forgotten.</param>
    private async Task<ReleaseReply> TakeBackAsync(ReleaseRequest request, Reservation? reservation, Moment now)
    {
        var outcome = await node.Charges.TakeBackAsync(request.Key, new Stamp(request.Attempt), request.User ?? "", request.Date ?? default, now);
        if (outcome is RecordOutcome.Recorded or RecordOutcome.Duplicate)
        {
            if (reservation is { State: ReservationState.Expired }) reservation.State = ReservationState.Released;
            return new ReleaseReply(ReservationState.Released, false, false, Ended: outcome == RecordOutcome.Recorded);
        }

        var unknown = outcome is not (RecordOutcome.UnknownOriginal or RecordOutcome.Conflict);
        return new ReleaseReply(reservation?.State ?? ReservationState.Forgotten, false, Unavailable: unknown);
    }

    public ReservationReply? Find(FindRequest request) =>
        node.Reservations.Find(request.Claim(), node.Now()) is { } reservation ? NodeViews.Of(node, reservation) : null;

    /// <summary>The very reservation, once no command is under way on it. Waits.</summary>
    public async ValueTask<Reservation?> FindFreeAsync(ReservationClaim claim)
    {
        while (true)
        {
            var found = node.Reservations.Find(claim, node.Now());
            if (found is not { Busy: true }) return found;
            await node.WhenFreeAsync(found);
        }
    }

    private async ValueTask<ReserveReply> DecideAsync(ReserveRequest request, DateOnly date, Moment now)
    {
        var attempt = node.NextStamp();
        var question = Question(request, date, now, attempt, dryRun: false);
        var decision = new PathDecision(node, calls, question);
        var reservation = new Reservation
        {
            Key = request.Key, Attempt = attempt, ContentHash = request.ContentHash, User = request.User, Model = request.Model, RequestId = request.RequestId,
            Date = date, Ttl = request.Ttl, CreatedAt = now.Utc, ExpiresAt = question.Ask.ExpiresAt, Deadline = now.MonotonicTicks + request.Ttl.Ticks,
        };
        reservation.GiveOut(request.Call, first: true);
        node.Reservations.Add(reservation);
        using var busy = node.Occupy(reservation);
        bool degraded;
        try
        {
            degraded = await AskAllAsync(request, decision, reservation, now);
        }
        catch
        {
            // A bug. Whatever is held by now its caller will not hear of.
            await WithdrawAsync(decision, reservation, busy, node.Now());
            throw;
        }

        now = node.Now();
        if (decision.Reason != DenialReason.None || degraded) await WithdrawAsync(decision, reservation, busy, now);
        else busy.Free();
        return Reply(decision, reservation, degraded, now);
    }

    /// <summary>Asks the owner and all ancestors, and grants where every node said yes. True: allowed without a hold, by the rule for outages.</summary>
    private async Task<bool> AskAllAsync(ReserveRequest request, PathDecision decision, Reservation reservation, Moment now)
    {
        decision.AskOwner(now);
        (reservation.Granted, reservation.OverLimit) = (decision.Granted, decision.OverLimit);
        // Waits for the ancestors. The reservation is busy meanwhile, so nobody else touches it; limits and balances may change.
        await decision.AskAncestorsAsync();
        now = node.Now();
        if (node.Tenant.RequireLimit && !decision.Limited && decision.Outage == Outage.None) decision.Refuse(DenialReason.NoBudget);
        var degraded = ResolveOutage(request, decision, reservation.Date);
        if (decision.Reason == DenialReason.None && !degraded) await GrantAsync(decision, reservation, now);
        return degraded;
    }

    /// <summary>Every node said yes: level the grants, and put a durable hold into the ledger before the answer.</summary>
    private async Task GrantAsync(PathDecision decision, Reservation reservation, Moment now)
    {
        reservation.Granted = decision.Granted;
        reservation.OverLimit = decision.OverLimit;
        await decision.LevelAsync(now);
        if (!decision.Durable) return;
        reservation.Durable = reservation.Stored = true;
        reservation.Epochs = decision.Epochs;
        var stored = node.ToStored(reservation, node.Account.Find(reservation.Key)!, durable: true);
        var outcome = await node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, stored), decision.TimeLeft);
        if (outcome != HoldOutcome.Applied) decision.Refuse(DenialReason.LedgerUnavailable);
    }

    /// <summary>Nothing of a refused check stays, at any node (refusal is pure).</summary>
    private async Task WithdrawAsync(PathDecision decision, Reservation reservation, Occupation busy, Moment now)
    {
        node.Account.End(reservation.Key, reservation.Attempt, now, remember: false);
        node.Reservations.Withdraw(reservation);
        reservation.State = ReservationState.Released;
        busy.Free();
        // The hold may be in the ledger although the outcome of its write is not known. Its end has no time limit: otherwise the next activation would hold it again.
        if (reservation.Stored) _ = node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, null), Timeout.InfiniteTimeSpan);
        await decision.RollBackAsync();
    }

    /// <summary>During an outage that nothing else refuses, the rule for outages answers. True: allowed without a hold.</summary>
    private bool ResolveOutage(ReserveRequest request, PathDecision decision, DateOnly date)
    {
        if (decision.Outage == Outage.None || decision.Reason != DenialReason.None) return false;
        var limit = request.OutageLimit is { } most ? new Money(most) : (Money?)null;
        if (node.Services.Degraded.Allows(decision.Outage, request.OutageAllow, request.OutageNode ?? node.Path, date, new Money(request.Amount), limit, request.DryRun)) return true;
        decision.Refuse(DenialReason.LedgerUnavailable);
        return false;
    }

    private async Task<ReserveReply> LookAsync(ReserveRequest request, DateOnly date, Moment now)
    {
        if (IsImplausible(request.Amount)) return Denied(DenialReason.ImplausibleAmount, date, now);
        var decision = new PathDecision(node, calls, Question(request, date, now, node.NextStamp(), dryRun: true));
        if (node.Tenant.DenyNewCostCenters && node.Account.Budget is null) decision.Refuse(DenialReason.UnknownCostCenter);
        decision.AskOwner(now);
        await decision.AskAncestorsAsync();
        if (node.Tenant.RequireLimit && !decision.Limited && decision.Outage == Outage.None) decision.Refuse(DenialReason.NoBudget);
        var degraded = ResolveOutage(request, decision, date);
        return Reply(decision, null, degraded, now) with { Date = date };
    }

    /// <summary>The same check again while it is held: the same reservation, with the windows as they are now.</summary>
    private async Task<ReserveReply> RepeatAsync(ReserveRequest request, Reservation reservation, Moment now)
    {
        reservation.GiveOut(request.Call, first: false);
        var look = new PathDecision(node, calls, Question(request, reservation.Date, now, node.NextStamp(), dryRun: true) with { Explain = request.Explain });
        look.AskOwner(now);
        await look.AskAncestorsAsync();
        return new ReserveReply(
            DenialReason.None, reservation.Granted.Nanos, reservation.Attempt.Value, reservation.Date, reservation.ExpiresAt, reservation.OverLimit, false,
            look.Available?.Nanos, look.Tightest, null, null, look.Windows, now.Utc);
    }

    /// <summary>No record may cost so much, so nothing could be settled with it; and a few such holds would leave no room to anybody else above an unlimited cost center.</summary>
    private bool IsImplausible(long amount) => amount > node.Tenant.MaxRecordCost.Nanos;

    private PathAsk Question(ReserveRequest r, DateOnly date, Moment now, Stamp attempt, bool dryRun)
    {
        var ask = new Ask(
            r.Key, node.Path, attempt, attempt, r.User, r.Model, r.RequestId, new Money(r.Amount), r.MinAmount is { } least ? new Money(least) : null,
            r.Free, r.Unestimated, false, date, now.Utc + r.Ttl, r.Ttl, Tokens: r.Tokens);
        return new PathAsk(ask, dryRun, r.Explain, r.VisibleDepth, r.AnswerWithin) { AskedAt = now };
    }

    private static ReserveReply Reply(PathDecision decision, Reservation? reservation, bool degraded, Moment now)
    {
        var allowed = decision.Reason == DenialReason.None;
        return new ReserveReply(
            decision.Reason, allowed ? decision.GrantTold.Nanos : 0, allowed && !degraded && reservation is not null ? reservation.Attempt.Value : 0,
            reservation?.Date ?? default, reservation?.ExpiresAt ?? default, allowed && decision.OverLimit, degraded, decision.Available?.Nanos, decision.Tightest,
            allowed ? null : decision.BlockedBy, allowed ? null : decision.LapseAfter, decision.Windows, now.Utc, allowed ? null : decision.PausedBy);
    }

    private static ReserveReply Denied(DenialReason reason, DateOnly date, Moment now) =>
        new(reason, 0, 0, date, default, false, false, null, null, null, null, ImmutableArray<WindowState>.Empty, now.Utc);
}
