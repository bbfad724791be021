namespace BudgetEngine.Domain.Budgets;

/// <summary>The reservation that a command names. Only a reservation that agrees in every part is meant.</summary>
/// <param name="User">Null: sent by an earlier version, which does not say.</param>
/// <param name="Date">The booked date; null as above.</param>
public readonly record struct ReservationClaim(Guid Key, Stamp Attempt, string? User, DateOnly? Date)
{
    public bool Names(Reservation reservation) =>
        reservation.Attempt == Attempt && (User is null || reservation.User == User) && (Date is null || reservation.Date == Date);
}
