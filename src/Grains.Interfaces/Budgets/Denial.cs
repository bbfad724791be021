namespace BudgetEngine.Grains.Interfaces.Budgets;

/// <summary>Why a check was denied. The same values as the domain's; only ever added to.</summary>
public enum Denial : byte
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

    /// <summary>Extend of a reservation that has ended or is forgotten (409, not a decision).</summary>
    ReservationEnded = 11,

    /// <summary>Extend to less than what is granted: 400, not a decision.</summary>
    AmountTooSmall = 12,
}
