namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The reservations that a cost center owns: open ones, and ended ones for as long as they are remembered (10 min, at most 1,000). With the holds of its
/// <see cref="Account"/> it is the table R1 to R18.
/// </summary>
public sealed class Reservations
{
    public const int MaxEnded = 1_000;
    public static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(10);

    // Made when first needed: most resident cost centers own no reservation.
    private Dictionary<Guid, Reservation>? _all;
    private Queue<(Reservation Reservation, long ForgetAt)>? _ended;

    public int OpenCount { get; private set; }

    public IEnumerable<Reservation> Open => (_all?.Values ?? Enumerable.Empty<Reservation>()).Where(r => r.State is ReservationState.Held or ReservationState.Settling);

    /// <summary>The reservation of this key, its latest attempt; null: forgotten.</summary>
    public Reservation? Find(Guid key, Moment now)
    {
        Forget(now);
        return _all?.GetValueOrDefault(key);
    }

    /// <summary>The very attempt; null: forgotten, or replaced by a later attempt.</summary>
    public Reservation? Find(Guid key, Stamp attempt, Moment now) => Find(new ReservationClaim(key, attempt, null, null), now);

    /// <summary>The very reservation that an id names; null: forgotten, or another one has its key.</summary>
    public Reservation? Find(in ReservationClaim claim, Moment now) => Find(claim.Key, now) is { } found && claim.Names(found) ? found : null;

    public void Add(Reservation reservation)
    {
        (_all ??= [])[reservation.Key] = reservation;
        OpenCount++;
    }

    /// <summary>Takes back a reservation that was never granted, as if it had not been asked for.</summary>
    public void Withdraw(Reservation reservation, Reservation? before)
    {
        OpenCount--;
        if (before is null or { Forgotten: true }) _all!.Remove(reservation.Key);
        else _all![reservation.Key] = before;
    }

    /// <summary>Ends a reservation once; the state tells how.</summary>
    public void End(Reservation reservation, ReservationState state, Moment now)
    {
        reservation.State = state;
        OpenCount--;
        (_ended ??= new()).Enqueue((reservation, now.MonotonicTicks + RememberedFor.Ticks));
        if (_ended.Count > MaxEnded) ForgetFirst();
    }

    private void Forget(Moment now)
    {
        while (_ended is not null && _ended.TryPeek(out var first) && first.ForgetAt <= now.MonotonicTicks) ForgetFirst();
    }

    private void ForgetFirst()
    {
        var (reservation, _) = _ended!.Dequeue();
        reservation.Forgotten = true;
        if (_all!.TryGetValue(reservation.Key, out var known) && ReferenceEquals(known, reservation)) _all.Remove(reservation.Key);
    }
}
