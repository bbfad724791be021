using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// Reservations that have ended, in the order in which they did, for as long as they are remembered. What is settled or released changes no more: of it only the answers to questions are kept, as a
/// row of one array, since a reservation that lived on as an object would pass through every generation of the collector.
/// </summary>
internal sealed class EndedReservations
{
    private readonly Dictionary<Guid, int> _latest = [];
    private Row[] _rows = new Row[4];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The latest of this key; null: none is remembered.</summary>
    public Reservation? Find(Guid key) => _latest.TryGetValue(key, out var number) ? At(number).ToReservation() : null;

    public void Add(Reservation reservation, long forgetAt)
    {
        if (Count == _rows.Length) Grow();
        var number = unchecked(_first + Count++);
        At(number) = new Row(reservation, forgetAt);
        _latest[reservation.Key] = number;
    }

    /// <summary>Forgets those whose time is over.</summary>
    public void Forget(long now)
    {
        while (Count > 0 && At(_first).ForgetAt <= now) ForgetFirst();
    }

    public void ForgetFirst()
    {
        ref var row = ref At(_first);
        if (_latest.TryGetValue(row.Key, out var number) && number == _first) _latest.Remove(row.Key);
        row = default;
        _first = unchecked(_first + 1);
        Count--;
    }

    // Rows have numbers that go on; the length of the array is a power of two, so a number says its place.
    private ref Row At(int number) => ref _rows[number & (_rows.Length - 1)];

    private void Grow()
    {
        var rows = new Row[_rows.Length * 2];
        for (var i = 0; i < Count; i++) rows[unchecked(_first + i) & (rows.Length - 1)] = At(unchecked(_first + i));
        _rows = rows;
    }

    private readonly struct Row(Reservation reservation, long forgetAt)
    {
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
        private readonly int _day = reservation.Date.DayNumber;
        private readonly ReservationState _state = reservation.State;

        public Guid Key { get; } = reservation.Key;

        /// <summary>Monotonic ticks.</summary>
        public long ForgetAt { get; } = forgetAt;

        /// <summary>Without what only an open one needs: its time to live, its deadline, who has it.</summary>
        public Reservation ToReservation() => _changing ?? new Reservation
        {
            Key = Key, Attempt = _attempt, ContentHash = _contentHash, User = _user, Model = _model, RequestId = _requestId, Date = DateOnly.FromDayNumber(_day), Ttl = TimeSpan.Zero,
            CreatedAt = new DateTimeOffset(_createdAt, TimeSpan.Zero), ExpiresAt = new DateTimeOffset(_expiresAt, TimeSpan.Zero), State = _state, Granted = _granted, Settled = _settled,
        };
    }
}
