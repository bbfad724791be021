namespace BudgetEngine.Domain.Budgets;

/// <summary>The life of a reservation. Sent between processes: never renumbered.</summary>
public enum ReservationState : byte
{
    /// <summary>Nothing is known of it (any more).</summary>
    Forgotten = 0,
    Held = 1,
    Settling = 2,
    Settled = 3,
    Released = 4,
    Expired = 5,
}
