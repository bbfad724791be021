namespace BudgetEngine.Domain;

/// <summary>A reservation as its owner keeps it, open or ended.</summary>
public sealed class Reservation
{
    public required Guid Key { get; init; }

    public required Stamp Attempt { get; init; }

    public required Guid ContentHash { get; init; }

    public required string User { get; init; }

    public string? Model { get; init; }

    public string? RequestId { get; init; }

    public required DateOnly Date { get; init; }

    public required TimeSpan Ttl { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ReservationState State { get; set; } = ReservationState.Held;

    public Money Granted { get; set; }

    public Money Settled { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it lapses, in monotonic ticks: what counts; <see cref="ExpiresAt"/> is what is told.</summary>
    public long Deadline { get; set; }

    public bool OverLimit { get; set; }

    /// <summary>The ledger keeps it too.</summary>
    public bool Stored { get; set; }

    /// <summary>Where a budget of the path has <c>durable_holds</c>: changes go to the ledger before the answer.</summary>
    public bool Durable { get; set; }

    /// <summary>Epochs of the nodes that granted it, leaf to root; the fence of durable holds.</summary>
    public IReadOnlyList<long> Epochs { get; set; } = [];

    /// <summary>How many answers to its check gave it out, less those that came too late; of one that came back from the ledger nobody knows.</summary>
    public int? Told { get; set; }

    /// <summary>It ended too long ago, or too many ended since: its id is nobody's any more.</summary>
    public bool Forgotten { get; set; }

    /// <summary>A command on it is under way (a decision along the path, a settle); others wait for its outcome.</summary>
    public bool Busy { get; set; }
}
