using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The rows of <c>on_expiry: charge</c>. The charge books what a reservation had left at its deadline; when its true cost is told later, or a release says that there was none, a correction
/// takes the charge back. Their ids follow from the reservation alone, so that whoever books them, and however often, they are in the ledger once.
/// </summary>
public static class AssumedUsage
{
    /// <summary>The request id of the charge of an attempt.</summary>
    public static string IdOf(Guid key, Stamp attempt) => $"charge-{attempt.Value:x}-{key:n}";

    /// <summary>The id of the correction that takes back all that is left of a charge: one for each charge.</summary>
    public static string ReturnIdOf(string charge) => charge + "-back";

    /// <summary>The id of the correction that takes back the part of a charge which a late heartbeat tells.</summary>
    /// <param name="record">The request id of the heartbeat.</param>
    public static string PartIdOf(string charge, string record) => $"{charge}-part-{ContentHash.Of(record):n}";

    /// <summary>The charge of what a reservation has left.</summary>
    /// <param name="reservationId">The text of its id.</param>
    /// <param name="today">The date now, in the tenant's zone.</param>
    public static UsageRow Charge(Reservation reservation, string owner, Money left, string reservationId, DateOnly today, DateTimeOffset now)
    {
        var id = IdOf(reservation.Key, reservation.Attempt);
        return new UsageRow
        {
            RequestId = id, CostCenter = owner, User = reservation.User, Model = reservation.Model, Cost = left, Timestamp = reservation.CreatedAt, RecordedAt = now,
            BookedDate = reservation.Date, ReservationId = reservationId, ContentHash = ContentHash.Of(id),
            Flags = RowFlags.Assumed | (reservation.OverLimit ? RowFlags.OverLimit : RowFlags.None) | (reservation.Date < today ? RowFlags.Late : RowFlags.None),
        };
    }

    /// <summary>What asks the ledger to take a charge back because its reservation is released: how much that is, the ledger knows.</summary>
    public static UsageRow Release(string owner, string user, string charge, DateOnly date, DateTimeOffset now) =>
        Return(ReturnIdOf(charge), owner, user, charge, date, Money.Zero, "released", now);

    /// <summary>The correction that takes a charge back because a record tells the true cost.</summary>
    /// <param name="left">What the charge comes to before it.</param>
    /// <returns>Null: nothing is taken back.</returns>
    public static UsageRow? Replaced(string charge, string owner, string user, DateOnly date, UsageRow by, Money left)
    {
        var back = by.Final ? left : Money.Min(left, by.Cost);
        if (!back.IsPositive) return null;
        return Return(by.Final ? ReturnIdOf(charge) : PartIdOf(charge, by.RequestId), owner, user, charge, date, Money.Zero - back, $"settled by {ConflictingRequestId.Sent(by.RequestId)}", by.RecordedAt);
    }

    private static UsageRow Return(string id, string owner, string user, string charge, DateOnly date, Money amount, string reason, DateTimeOffset now) => new()
    {
        RequestId = id, CostCenter = owner, Kind = RowKind.Correction, Corrects = charge, User = user, Cost = amount, Timestamp = now, RecordedAt = now, BookedDate = date,
        Reason = reason, Flags = RowFlags.Assumed, ContentHash = ContentHash.Of(id + " " + reason),
    };
}
