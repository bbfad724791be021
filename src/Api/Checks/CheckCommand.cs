using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>A check, parsed and valid in form. What needs the price book or a cost center is decided by <see cref="CheckService"/>.</summary>
public sealed record CheckCommand
{
    public required CostCenterId CostCenter { get; init; }

    public string User { get; init; } = UsageRow.AnonymousUser;

    public string? Model { get; init; }

    public long? InputTokens { get; init; }

    public long? InputCharacters { get; init; }

    public long? MaxOutputTokens { get; init; }

    public Money? Amount { get; init; }

    public Money? MinAmount { get; init; }

    /// <summary>Null: the engine makes one.</summary>
    public string? RequestId { get; init; }

    /// <summary>Stored with the reservation, and never finds an earlier one: the id that a gateway gave to the request. Null: <see cref="RequestId"/>.</summary>
    public string? Label { get; init; }

    public TimeSpan Ttl { get; init; } = DefaultTtl;

    public bool DryRun { get; init; }

    public bool Explain { get; init; }

    /// <summary>Nothing was sent to estimate from (gateway dialect, limits): passes while anything is available.</summary>
    public bool Unestimated { get; init; }

    /// <summary>Segments of the caller's subtree; windows of nodes above it are not told. 0: all may be seen.</summary>
    public int VisibleDepth { get; init; }

    /// <summary>The answer is due within this time, or given as <c>on_outage</c> says.</summary>
    public required TimeSpan AnswerWithin { get; init; }

    public static readonly TimeSpan DefaultTtl = TimeSpan.FromSeconds(600);
    public static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(24);
}

/// <summary>The decision on a check or an extension.</summary>
/// <param name="Reason">Null: allowed; else the word of the API.</param>
/// <param name="Estimated">What the check asked for.</param>
/// <param name="Breaker">Of a denial for a pause or a spent limit: the open breaker, as far as the decision knows it; else null.</param>
public sealed record CheckAnswer(
    string? Reason, string? ReservationId, Money Estimated, Money Granted, DateTimeOffset? ExpiresAt, bool OverLimit, bool Degraded, long? AffordableOutputTokens,
    long? RetryAfterSeconds, WindowView? BlockedBy, WindowView? Tightest, IReadOnlyList<WindowView> Budgets, Breaker? Breaker = null)
{
    public bool Allowed => Reason is null;
}

/// <summary>A limited window as it is told to a caller.</summary>
/// <param name="Hidden">Above the caller's subtree: only cost center, period, status and reset may be told.</param>
public sealed record WindowView(
    string CostCenter, string? User, Period Period, Money Limit, Money Spent, Money Held, string Status, DateTimeOffset? ResetsAt, bool Hidden)
{
    public Money Available => Limit - Spent - Held;

    public Money Remaining => Limit - Spent;

    /// <summary>Spent / limit to 4 decimals; null at limit 0.</summary>
    public decimal? Utilization => Limit.Nanos == 0 ? null : decimal.Round((decimal)Spent.Nanos / Limit.Nanos, 4);
}

/// <summary>A reservation as it is told to a caller.</summary>
public sealed record ReservationView(
    string Id, ReservationState State, string CostCenter, string User, string? Model, string? RequestId, Money Granted, Money Left, Money Settled,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

public enum ExtendStatus
{
    Answered,

    /// <summary>409 <c>reservation_ended</c>.</summary>
    Ended,

    /// <summary>The new total is less than what is granted: 400.</summary>
    AmountTooSmall,
}

public sealed record ExtendAnswer(ExtendStatus Status, CheckAnswer? Decision);

public enum ReleaseStatus
{
    Released,

    /// <summary>409 <c>already_settled</c>.</summary>
    AlreadySettled,

    /// <summary>503 <c>ledger_unavailable</c>.</summary>
    Unavailable,
}

public sealed record ReleaseAnswer(ReleaseStatus Status, ReservationState State);
