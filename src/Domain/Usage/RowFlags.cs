namespace BudgetEngine.Domain.Usage;

/// <summary>Why a row is not plain: causes of overrun, and what was adjusted. Stored: values are never reused.</summary>
[Flags]
public enum RowFlags
{
    None = 0,

    /// <summary>The actual cost passed the granted amount (R6, R7).</summary>
    Underestimated = 1 << 0,

    /// <summary>Settled after the deadline (R10).</summary>
    AfterExpiry = 1 << 1,

    /// <summary>Settled after a release (R14).</summary>
    AfterRelease = 1 << 2,

    /// <summary>Settled again under another request id (R12).</summary>
    AfterSettle = 1 << 3,

    /// <summary>No reservation, a forgotten one, or a malformed id (R15, R18).</summary>
    NoReservation = 1 << 4,

    /// <summary>Settles a reservation of another cost center.</summary>
    OtherCostCenter = 1 << 5,

    /// <summary>Settles a reservation that a soft budget allowed over its limit (R4).</summary>
    OverLimit = 1 << 6,

    /// <summary>Booked on a date before the day it was recorded.</summary>
    Late = 1 << 7,

    /// <summary>Tokens were counted from characters, four each.</summary>
    Estimated = 1 << 8,

    /// <summary>The model has no price; a substitute was used.</summary>
    Unpriced = 1 << 9,

    /// <summary>A given cost had more than nine decimals.</summary>
    Rounded = 1 << 10,

    /// <summary>A text was longer than its limit and was cut.</summary>
    Cut = 1 << 11,

    /// <summary>A value was brought into its bounds, or left out since it could not be read: a part above its whole, a negative count, a latency without sense.</summary>
    Adjusted = 1 << 12,

    /// <summary>The cost is as given; the counts beside it contradict each other and are kept as sent.</summary>
    Inconsistent = 1 << 13,

    /// <summary>A provider's counts left out a part of their whole, which was added.</summary>
    PartsAdded = 1 << 14,

    /// <summary>A foreign record said cost 0 for what has a price; it was rated.</summary>
    CostWasZero = 1 << 15,

    /// <summary>The price is that of a name derived from the model's.</summary>
    ModelMatched = 1 << 16,

    /// <summary>The price has no such service tier, or not for a context of this size; the base was taken.</summary>
    TierUnpriced = 1 << 17,

    /// <summary>Something was counted that the price has no rate for; it was not billed.</summary>
    UnitUnpriced = 1 << 18,

    /// <summary>1-hour cache writes were billed at the price of 5-minute ones, as the price has none for them.</summary>
    CacheWrite1hUnpriced = 1 << 19,

    /// <summary>A record of another cost center has the request id; both are booked.</summary>
    Conflict = 1 << 20,

    /// <summary>Nobody had told the cost by the deadline, so what was held is booked (R9); a correction so flagged takes that back.</summary>
    Assumed = 1 << 21,

    /// <summary>The first record of a cost center that had neither usage nor a budget; one at most for each.</summary>
    NewCostCenter = 1 << 22,

    /// <summary>Sent for a cost center that is not known, in a tenant that lets none begin; booked at the nearest known ancestor (<see cref="Usage.UnknownCostCenter"/>).</summary>
    UnknownCostCenter = 1 << 23,

    /// <summary>Told under a key that had been revoked or had expired since the check; booked at what was still held at most.</summary>
    KeyEnded = 1 << 24,
}
