using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// Reservations that have ended, in the order in which they did, for as long as they are remembered. What is settled or released changes no more: of it only the answers to questions are kept, as a
/// row of one array, since a reservation that lived on as an object would pass through every generation of the collector.
/// </summary>
internal sealed class EndedReservations
{
    private const int None = 0;

    private Row[] _rows = new Row[4];

    // By hash of the key: the place of the latest row with it, counted from 1. Earlier ones follow by Row.Next. A dictionary beside the rows would take as much again as a third of them.
    private int[] _latest = new int[4];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The latest of this key; null: none is remembered.</summary>
    public Reservation? Find(Guid key)
    {
        for (var at = _latest[BucketOf(key)]; at != None; at = _rows[at - 1].Next)
        {
            if (_rows[at - 1].Key == key) return _rows[at - 1].ToReservation();
        }

        return null;
    }

    public void Add(Reservation reservation, long forgetAt)
    {
        if (Count == _rows.Length) Grow();
        var place = PlaceOf(Count++);
        _rows[place] = new Row(reservation, forgetAt);
        Link(place);
    }

    /// <summary>Forgets those whose time is over.</summary>
    public void Forget(long now)
    {
        while (Count > 0 && _rows[_first].ForgetAt <= now) ForgetFirst();
    }

    public void ForgetFirst()
    {
        // It is the earliest of all, so it is the last of those with its hash.
        ref var link = ref _latest[BucketOf(_rows[_first].Key)];
        while (link != _first + 1) link = ref _rows[link - 1].Next;
        link = None;
        _rows[_first] = default;
        _first = PlaceOf(1);
        Count--;
    }

    // Both arrays have the same length, a power of two.
    private int PlaceOf(int number) => (_first + number) & (_rows.Length - 1);

    private int BucketOf(Guid key) => key.GetHashCode() & (_latest.Length - 1);

    private void Link(int place)
    {
        ref var latest = ref _latest[BucketOf(_rows[place].Key)];
        _rows[place].Next = latest;
        latest = place + 1;
    }

    private void Grow()
    {
        var rows = new Row[_rows.Length * 2];
        for (var i = 0; i < Count; i++) rows[i] = _rows[PlaceOf(i)];
        (_rows, _latest, _first) = (rows, new int[rows.Length], 0);
        for (var i = 0; i < Count; i++) Link(i);
    }

    private struct Row(Reservation reservation, long forgetAt)
    {
        private const int StateBits = 3;

        // An expired one may still be charged, or be given back.
        private readonly Reservation? _changing = reservation.State == ReservationState.Expired ? reservation : null;
        private readonly string _user = reservation.User;
        private readonly string? _model = reservation.Model;
        private readonly string? _requestId = reservation.RequestId;
        private readonly Guid _contentHash = reservation.ContentHash;
        private readonly Stamp _attempt = reservation.Attempt;
        private readonly Money _granted = reservation.Granted;
        private readonly Money _settled = reservation.Settled;
        private readonly long _createdAt = reservation.CreatedAt.UtcTicks;
        private readonly long _expiresAt = reservation.ExpiresAt.UtcTicks;
        private readonly int _dayAndState = (reservation.Date.DayNumber << StateBits) | (int)reservation.State;

        /// <summary>The place, counted from 1, of the row before it whose key has the same hash.</summary>
        public int Next;

        public readonly Guid Key { get; } = reservation.Key;

        /// <summary>Monotonic ticks.</summary>
        public readonly long ForgetAt { get; } = forgetAt;

        /// <summary>Without what only an open one needs: its time to live, its deadline, who has it.</summary>
        public readonly Reservation ToReservation() => _changing ?? new Reservation
        {
            Key = Key, Attempt = _attempt, ContentHash = _contentHash, User = _user, Model = _model, RequestId = _requestId, Date = DateOnly.FromDayNumber(_dayAndState >> StateBits), Ttl = TimeSpan.Zero,
            CreatedAt = new DateTimeOffset(_createdAt, TimeSpan.Zero), ExpiresAt = new DateTimeOffset(_expiresAt, TimeSpan.Zero), State = (ReservationState)(_dayAndState & ((1 << StateBits) - 1)), Granted = _granted, Settled = _settled,
        };
    }
}
