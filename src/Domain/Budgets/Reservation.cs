using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>A reservation as its owner keeps it, open or ended.</summary>
public sealed class Reservation
{
    /// <summary>How long a reservation can be kept alive by extensions and heartbeats.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);

    private ReservationRecipients _told;

    // A number beside the other small members takes no room of its own, as the date itself would.
    private readonly int _day;

    public required Guid Key { get; init; }

    public required Stamp Attempt { get; init; }

    public required Guid ContentHash { get; init; }

    public required string User { get; init; }

    public string? Model { get; init; }

    public string? RequestId { get; init; }

    public required DateOnly Date { get => DateOnly.FromDayNumber(_day); init => _day = value.DayNumber; }

    public required TimeSpan Ttl { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ReservationState State { get; set; } = ReservationState.Held;

    public Money Granted { get; set; }

    public Money Settled { get; set; }

    /// <summary>Tokens of the partial settles so far, saturated.</summary>
    public int SettledTokens { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it lapses, in monotonic ticks. This is what counts; <see cref="ExpiresAt"/> is what people are told.</summary>
    public long Deadline { get; set; }

    public bool OverLimit { get; set; }

    /// <summary>The ledger keeps it too.</summary>
    public bool Stored { get; set; }

    /// <summary>Where a budget of the path has <c>durable_holds</c>: changes go to the ledger before the answer.</summary>
    public bool Durable { get; set; }

    /// <summary>Epochs of the nodes that granted it, leaf to root; the fence of durable holds.</summary>
    public IReadOnlyList<long> Epochs { get; set; } = [];

    /// <summary>What it had left at its deadline was booked, or may have been: the ledger knows.</summary>
    public bool MayBeCharged { get; set; }

    /// <summary>A command on it is under way (a decision along the path, a settle); others wait for its outcome.</summary>
    public bool Busy { get; set; }

    /// <summary>The deadline after more time from now on: at most <see cref="MaxLifetime"/> in all, and never earlier than the deadline that it has.</summary>
    public (DateTimeOffset ExpiresAt, long Deadline) Prolonged(TimeSpan by, Moment now)
    {
        var time = CreatedAt + MaxLifetime - now.Utc;
        if (time > by) time = by;
        return now.MonotonicTicks + time.Ticks <= Deadline ? (ExpiresAt, Deadline) : (now.Utc + time, now.MonotonicTicks + time.Ticks);
    }

    /// <summary>A call of its check is answered with it; <paramref name="first"/>: the one that made it.</summary>
    public void GiveOut(Guid call, bool first)
    {
        if (first) _told.Begin(call);
        else _told.Add(call);
    }

    /// <summary>The answer to a call came too late to be passed on. True: no call has the reservation any more.</summary>
    public bool TakeBack(Guid call) => _told.TakeBack(call);
}
