using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Budgets;

/// <summary>What a record does to the reservation that it names, and the flags that this gives it. R6, R7, R10, R12, R14, R15.</summary>
/// <param name="Flags">Causes of overrun.</param>
/// <param name="Settles">The reservation is held: it is SETTLING until the outcome is known.</param>
/// <param name="Left">What is held afterwards; zero when it ends.</param>
/// <param name="Ends">The reservation ends with this record.</param>
public readonly record struct Settlement(RowFlags Flags, bool Settles, Money Left, bool Ends)
{
    /// <param name="reservation">Null: forgotten.</param>
    /// <param name="left">What it holds now.</param>
    /// <param name="final">False for a stream's heartbeat.</param>
    public static Settlement Of(Reservation? reservation, Money left, Money cost, bool final)
    {
        switch (reservation?.State)
        {
            case ReservationState.Held or ReservationState.Settling:
                var flags = cost > left ? RowFlags.Underestimated : RowFlags.None;
                if (reservation.OverLimit && cost.IsPositive) flags |= RowFlags.OverLimit;
                return new Settlement(flags, true, final ? Money.Zero : Money.Max(Money.Zero, left - cost), final);
            case ReservationState.Expired:
                return new Settlement(RowFlags.AfterExpiry, false, Money.Zero, false);
            case ReservationState.Settled:
                return new Settlement(RowFlags.AfterSettle, false, Money.Zero, false);
            case ReservationState.Released:
                return new Settlement(cost.IsPositive ? RowFlags.AfterRelease : RowFlags.None, false, Money.Zero, false);
            default:
                return new Settlement(RowFlags.NoReservation, false, Money.Zero, true);
        }
    }
}
