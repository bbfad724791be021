namespace BudgetEngine.Domain.Budgets;

/// <summary>Why a check is denied. Sent between processes: only ever added to.</summary>
public enum DenialReason : byte
{
    None = 0,
    BudgetExceeded = 1,
    Paused = 2,
    UnknownCostCenter = 3,
    UnknownModel = 4,
    NoBudget = 5,
    RateLimited = 6,
    TooManyReservations = 7,
    RequestIdConflict = 8,
    WindowEnded = 9,
    LedgerUnavailable = 10,

    /// <summary>Extend of a reservation that has ended: 409, not a decision.</summary>
    ReservationEnded = 11,

    /// <summary>Extend to less than what is granted: 400, not a decision.</summary>
    AmountTooSmall = 12,

    /// <summary>More is asked for than one record may cost (the tenant's <c>max_record_cost</c>): nothing could be settled with it.</summary>
    ImplausibleAmount = 13,

    /// <summary>A cost center of the path allows other models only.</summary>
    ModelNotAllowed = 14,

    /// <summary>More output is announced than a cost center of the path allows at once.</summary>
    TooManyOutputTokens = 15,
}
