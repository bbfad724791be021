using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// What a committed record does to a reservation and its hold. The owner and the nodes that are told of the commit all apply it with <see cref="ApplyTo"/>, so
/// that every node of the path agrees. All values are absolute: applying it twice changes nothing more.
/// </summary>
/// <param name="Revision">Stamp of the change, for a hold that goes on: a hold with a later stamp has been changed since and stays as it is.</param>
/// <param name="Left">What is still held; zero when the hold ends.</param>
/// <param name="Settled">What has been settled on the reservation in all.</param>
/// <param name="ExpiresAt">The new deadline as people are told it, without the ancestors' grace. Null: the hold ends.</param>
/// <param name="Deadline">The same deadline on the monotonic clock of this process.</param>
/// <param name="Tokens">Used in all, saturated; null: not known.</param>
public readonly record struct SettleEffect(Guid Key, Stamp Attempt, Stamp Revision, Money Left, Money Settled, DateTimeOffset? ExpiresAt, long Deadline, int? Tokens = null)
{
    public bool Ends => ExpiresAt is null;

    /// <summary>The reservation has expired, and what it had left is booked.</summary>
    public bool Charges { get; init; }

    /// <summary>The effect of a record that settles a held reservation. The deadline of a heartbeat is set here, before the commit, so that it does not depend on how long the commit takes.</summary>
    /// <param name="tokens">Of the record; null: not known.</param>
    public static SettleEffect Of(Reservation reservation, in Settlement settlement, Money cost, Stamp revision, Moment now, long? tokens = null)
    {
        var settled = reservation.Settled + cost;
        int? used = tokens is null && reservation.SettledTokens == 0 ? null : Saturated(reservation.SettledTokens + (tokens ?? 0));
        if (settlement.Ends) return new SettleEffect(reservation.Key, reservation.Attempt, revision, settlement.Left, settled, null, 0, used);
        var (expiresAt, deadline) = reservation.Prolonged(reservation.Ttl, now);
        return new SettleEffect(reservation.Key, reservation.Attempt, revision, settlement.Left, settled, expiresAt, deadline, used);
    }

    /// <summary>The effect of the charge of what is left at the deadline. What the call has used stays estimated: nobody has told.</summary>
    public static SettleEffect ChargeOf(Reservation reservation, Money left) =>
        new(reservation.Key, reservation.Attempt, Stamp.None, Money.Zero, reservation.Settled + left, null, 0) { Charges = true };

    /// <summary>The end of a hold whose reservation its owner has forgotten.</summary>
    public static SettleEffect EndOf(Guid key, Stamp attempt, long? tokens = null) =>
        new(key, attempt, Stamp.None, Money.Zero, Money.Zero, null, 0, tokens is { } used ? Saturated(used) : null);

    /// <summary>Applies it to the account of one node.</summary>
    /// <param name="own">The reservation of exactly this attempt, where the node owns it; null at an ancestor.</param>
    public void ApplyTo(Account account, Reservations reservations, Reservation? own, Moment now)
    {
        if (ExpiresAt is not { } expiresAt)
        {
            account.SettleCounted(Key, Attempt, Tokens, ends: true, now);
            // Only an ancestor needs to remember the end: an owner's asks to itself do not travel, so none can arrive late.
            account.End(Key, Attempt, now, remember: own is null);
            if (own is not { State: ReservationState.Held }) return;
            own.Settled = Settled;
            own.MayBeCharged |= Charges;
            reservations.End(own, Charges ? ReservationState.Expired : ReservationState.Settled, now);
            return;
        }

        if (account.Find(Key) is not { } hold || hold.Attempt != Attempt || hold.Revision >= Revision) return;
        account.SetLeft(hold, Left);
        account.SettleCounted(Key, Attempt, Tokens, ends: false, now);
        hold.Revision = Revision;
        if (own is not null) (own.Settled, own.SettledTokens, own.ExpiresAt, own.Deadline) = (Settled, Tokens ?? 0, expiresAt, Deadline);
        account.SetDeadline(hold, expiresAt, own is null ? Deadline + Account.AncestorGrace.Ticks : Deadline);
    }

    private static int Saturated(long tokens) => (int)Math.Min(tokens, int.MaxValue);
}
