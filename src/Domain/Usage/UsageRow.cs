using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Usage;

/// <summary>What a row is. Stored: never renumbered.</summary>
public enum RowKind : byte
{
    Usage = 0,
    Correction = 1,

    /// <summary>The sum of rows that retention deleted.</summary>
    Retained = 2,
}

/// <summary>How the request ended. Stored: never renumbered.</summary>
public enum UsageStatus : byte
{
    Success = 0,
    Error = 1,
    Timeout = 2,
    Cancelled = 3,
}

/// <summary>
/// One row of the ledger: a usage record as booked, or a correction. Immutable; never updated once stored. The edge makes it, and the same type goes through the
/// grains to the ledger and comes back in reports.
/// </summary>
public sealed record UsageRow
{
    /// <summary>The user of a record that names none.</summary>
    public const string AnonymousUser = "anonymous";

    /// <summary>Stands for null in half of the memory: there are many rows on their way at once.</summary>
    private const long None = -1;

    private readonly long _latencyMicros = None;
    private readonly long _timeToFirstTokenMicros = None;

    public required string RequestId { get; init; }

    public required string CostCenter { get; init; }

    public RowKind Kind { get; init; }

    public string User { get; init; } = AnonymousUser;

    public string? Session { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public long? InputTokens { get; init; }

    public long? CachedInputTokens { get; init; }

    public long? CacheWriteTokens { get; init; }

    public long? OutputTokens { get; init; }

    public long? ReasoningTokens { get; init; }

    public long? InputCharacters { get; init; }

    public long? OutputCharacters { get; init; }

    public required Money Cost { get; init; }

    public UsageStatus Status { get; init; }

    /// <summary>False for a stream's heartbeat, which is not counted in numbers of requests.</summary>
    public bool Final { get; init; } = true;

    /// <summary>Of a correction: the request id of the row that it corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>The caller's time; data only.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The server's time: stamped by the owner when the row goes to the ledger, so unset on the way there.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>The local date of the tenant that this row counts in.</summary>
    public required DateOnly BookedDate { get; init; }

    public long? LatencyMicros { get => OrNull(_latencyMicros); init => _latencyMicros = value ?? None; }

    public long? TimeToFirstTokenMicros { get => OrNull(_timeToFirstTokenMicros); init => _timeToFirstTokenMicros = value ?? None; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public string? RequestPath { get; init; }

    public string? Preview { get; init; }

    /// <summary>Tags as a JSON object of strings; null without any.</summary>
    public string? TagsJson { get; init; }

    /// <summary>Of a correction: why.</summary>
    public string? Reason { get; init; }

    public string? ReservationId { get; init; }

    /// <summary>What few rows have, as the JSON of <see cref="UsageDetails"/>; null without any.</summary>
    public string? DetailsJson { get; init; }

    /// <summary>The price that it was rated by, as the JSON of <see cref="Prices.PricedAs"/>; null where the cost was given, or no price of the book was found.</summary>
    public string? PricedAsJson { get; init; }

    public RowFlags Flags { get; init; }

    /// <summary>Hash of what was sent, by value; a repeat with another hash is a conflict.</summary>
    public required Guid ContentHash { get; init; }

    public string Tenant => CostCenterId.TenantOf(CostCenter);

    /// <summary>Of a retained row: how many requests it stands for.</summary>
    public long RetainedRequests { get; init; }

    /// <summary>How much this row adds to the number of requests of its windows.</summary>
    public long Requests => Kind switch
    {
        RowKind.Usage => Final ? 1 : 0,
        RowKind.Retained => RetainedRequests,
        _ => 0,
    };

    /// <summary>Input and output together; null: not told. A failed request without counts and cost has used none.</summary>
    public long? TokensUsed()
    {
        var input = InputTokens ?? (InputCharacters is { } asked ? Rating.EstimateTokens(asked) : null);
        var output = OutputTokens ?? (OutputCharacters is { } produced ? Rating.EstimateTokens(produced) : null);
        if (input is null && output is null) return Status != UsageStatus.Success && Cost == Money.Zero ? 0 : null;
        return Math.Max(0, input ?? 0) + Math.Max(0, output ?? 0);
    }

    private static long? OrNull(long micros) => micros == None ? null : micros;
}
