using System.Text.Json.Nodes;

namespace BudgetEngine.Torture.Traffic;

internal enum PostKind
{
    Usage,
    Correction,
}

/// <summary>A record that was sent, what it must cost, and whether the engine has said that it is durable.</summary>
/// <param name="Reservation">What it settles; null: nothing.</param>
internal sealed record PostedRecord(PostKind Kind, string Id, JsonObject Body, string CostCenter, string User, long Cost, bool Final, string? Reservation, string? Corrects)
{
    private int _state;
    private int _corrected;

    public bool IsAcknowledged => Volatile.Read(ref _state) == 1;

    public string Target => Kind == PostKind.Usage ? "/v1/usage" : "/v1/usage/corrections";

    public void Acknowledge() => Volatile.Write(ref _state, 1);

    /// <summary>A row is corrected once, so that its corrections never pass what it cost.</summary>
    public bool TryCorrect() => Interlocked.Exchange(ref _corrected, 1) == 0;
}

/// <summary>A reservation that was asked for, whether or not the answer came.</summary>
internal sealed class Grant(string requestId, JsonObject body, string costCenter, string user, long amount, bool mustSurvive)
{
    public string RequestId => requestId;

    public JsonObject Body => body;

    public string CostCenter => costCenter;

    public string User => user;

    public long Amount => amount;

    /// <summary>Neither a crash nor a restart may forget it.</summary>
    public bool MustSurvive => mustSurvive;

    /// <summary>Null: the answer never came, or it was denied.</summary>
    public string? ReservationId { get; set; }

    /// <summary>No answer came: it may be held, or not.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>A command that ends it was sent; whether it has ended is known by then from that command alone.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Monotonic milliseconds: not held before.</summary>
    public long AskedAt { get; } = Environment.TickCount64;

    /// <summary>Monotonic milliseconds of the answer that it has ended; null: none came.</summary>
    public long? EndedAt { get; set; }
}
