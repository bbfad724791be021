using System.Runtime.CompilerServices;
using System.Text;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// Reservations that have ended, in the order in which they did, for as long as they are remembered. What is settled or released changes no more: of it only the answers to questions are kept, as a
/// row of one array, since a reservation that lived on as an object would pass through every generation of the collector. Rows have no references, since the collector would look through each that was
/// written since it came last; users and models, which come again and again, stand in arrays of their own, and request ids are bytes of the row.
/// </summary>
internal sealed class EndedReservations
{
    private const int None = 0;

    private const int InitialRows = 4;

    private Row[] _rows = new Row[InitialRows];
    private string[] _users = new string[InitialRows];
    private string?[] _models = new string?[InitialRows];

    // Those that are too long for a row. Made when first needed.
    private string?[]? _requestIds;

    // Those that have expired: they may still be charged, or be given back. Made when first needed.
    private Reservation?[]? _changing;

    // By hash of the key: the place of the latest row with it, counted from 1. Earlier ones follow by Row.Next. A dictionary beside the rows would take as much again as a third of them.
    private int[] _latest = new int[InitialRows];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The latest of this key; null: none is remembered.</summary>
    public Reservation? Find(Guid key)
    {
        for (var at = _latest[BucketOf(key)]; at != None; at = _rows[at - 1].Next)
        {
            if (_rows[at - 1].Key == key) return _changing?[at - 1] ?? _rows[at - 1].ToReservation(_users[at - 1], _models[at - 1], _requestIds?[at - 1]);
        }

        return null;
    }

    public void Add(Reservation reservation, long forgetAt)
    {
        if (Count == _rows.Length) Grow();
        var place = PlaceOf(Count++);
        _rows[place] = new Row(reservation, forgetAt);
        (_users[place], _models[place]) = (reservation.User, reservation.Model);
        if (!_rows[place].HasRequestIdOf(reservation)) (_requestIds ??= new string?[_rows.Length])[place] = reservation.RequestId;
        if (reservation.State == ReservationState.Expired) (_changing ??= new Reservation?[_rows.Length])[place] = reservation;
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
        (_users[_first], _models[_first]) = (null!, null);
        if (_requestIds is not null) _requestIds[_first] = null;
        if (_changing is not null) _changing[_first] = null;
        _first = PlaceOf(1);
        Count--;
    }

    // All arrays have the same length, a power of two.
    private int PlaceOf(int number) => (_first + number) & (_rows.Length - 1);

    private int BucketOf(Guid key) => key.GetHashCode() & (_latest.Length - 1);

    private void Link(int place)
    {
        ref var latest = ref _latest[BucketOf(_rows[place].Key)];
        _rows[place].Next = latest;
        latest = place + 1;
    }

    // All arrays are full.
    private void Grow()
    {
        (_users, _models) = (Doubled(_users), Doubled(_models));
        if (_requestIds is not null) _requestIds = Doubled(_requestIds);
        if (_changing is not null) _changing = Doubled(_changing);
        _rows = Doubled(_rows);
        (_latest, _first) = (new int[_rows.Length], 0);
        for (var i = 0; i < Count; i++) Link(i);
    }

    private T[] Doubled<T>(T[] full)
    {
        var doubled = new T[full.Length * 2];
        full.AsSpan(_first).CopyTo(doubled);
        full.AsSpan(0, _first).CopyTo(doubled.AsSpan(full.Length - _first));
        return doubled;
    }

    private struct Row
    {
        private const int StateBits = 3;
        private const byte NoText = byte.MaxValue;

        private readonly Guid _contentHash;
        private readonly Stamp _attempt;
        private readonly Money _granted;
        private readonly Money _settled;
        private readonly long _createdAt;
        private readonly long _expiresAt;
        private readonly int _dayAndState;
        private readonly ShortText _requestId;
        private readonly byte _requestIdLength = NoText;

        public Row(Reservation reservation, long forgetAt)
        {
            (Key, _attempt, _contentHash, ForgetAt) = (reservation.Key, reservation.Attempt, reservation.ContentHash, forgetAt);
            (_granted, _settled) = (reservation.Granted, reservation.Settled);
            (_createdAt, _expiresAt) = (reservation.CreatedAt.UtcTicks, reservation.ExpiresAt.UtcTicks);
            _dayAndState = (reservation.Date.DayNumber << StateBits) | (int)reservation.State;
            if (reservation.RequestId is { } text && Encoding.UTF8.TryGetBytes(text, _requestId, out var length)) _requestIdLength = (byte)length;
        }

        /// <summary>The place, counted from 1, of the row before it whose key has the same hash.</summary>
        public int Next;

        public readonly Guid Key { get; }

        /// <summary>Monotonic ticks.</summary>
        public readonly long ForgetAt { get; }

        /// <summary>False: it has one that is too long for a row.</summary>
        public readonly bool HasRequestIdOf(Reservation reservation) => _requestIdLength != NoText || reservation.RequestId is null;

        /// <summary>Without what only an open one needs: its time to live, its deadline, who has it.</summary>
        /// <param name="requestId">One that is too long for a row.</param>
        public readonly Reservation ToReservation(string user, string? model, string? requestId) => new()
        {
            Key = Key, Attempt = _attempt, ContentHash = _contentHash, User = user, Model = model, Date = DateOnly.FromDayNumber(_dayAndState >> StateBits), Ttl = TimeSpan.Zero,
            RequestId = _requestIdLength == NoText ? requestId : Encoding.UTF8.GetString(_requestId[.._requestIdLength]),
            CreatedAt = new DateTimeOffset(_createdAt, TimeSpan.Zero), ExpiresAt = new DateTimeOffset(_expiresAt, TimeSpan.Zero), State = (ReservationState)(_dayAndState & ((1 << StateBits) - 1)), Granted = _granted, Settled = _settled,
        };

        /// <summary>As long as the request ids of the providers, and a little longer: they have 36 to 40 characters.</summary>
        [InlineArray(40)]
        private struct ShortText
        {
            private byte _first;
        }
    }
}
