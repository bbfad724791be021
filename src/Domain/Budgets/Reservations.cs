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
    private Dictionary<Guid, Reservation>? _open;
    private EndedReservations? _ended;

    public int OpenCount => _open?.Count ?? 0;

    public IEnumerable<Reservation> Open => _open?.Values ?? Enumerable.Empty<Reservation>();

    /// <summary>The reservation of this key, its latest attempt; null: forgotten.</summary>
    public Reservation? Find(Guid key, Moment now)
    {
        _ended?.Forget(now.MonotonicTicks);
        return _open?.GetValueOrDefault(key) ?? _ended?.Find(key);
    }

    /// <summary>The very attempt; null: forgotten, or replaced by a later attempt.</summary>
    public Reservation? Find(Guid key, Stamp attempt, Moment now) => Find(new ReservationClaim(key, attempt, null, null), now);

    /// <summary>The very reservation that an id names; null: forgotten, or another one has its key.</summary>
    public Reservation? Find(in ReservationClaim claim, Moment now) => Find(claim.Key, now) is { } found && claim.Names(found) ? found : null;

    /// <summary>So many are about to be added.</summary>
    public void MakeRoom(int more) => (_open ??= []).EnsureCapacity(OpenCount + more);

    public void Add(Reservation reservation) => (_open ??= []).Add(reservation.Key, reservation);

    /// <summary>Takes back a reservation that was never granted, as if it had not been asked for.</summary>
    public void Withdraw(Reservation reservation) => _open!.Remove(reservation.Key);

    /// <summary>Ends a reservation once; the state tells how.</summary>
    public void End(Reservation reservation, ReservationState state, Moment now)
    {
        reservation.State = state;
        _open!.Remove(reservation.Key);
        (_ended ??= new()).Add(reservation, now.MonotonicTicks + RememberedFor.Ticks);
        if (_ended.Count > MaxEnded) _ended.ForgetFirst();
    }
}
