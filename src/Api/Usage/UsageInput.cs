using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Usage.Reported;

namespace BudgetEngine.Api.Usage;

/// <summary>A usage record as it was sent: parsed, not yet checked against rules, prices or reservations.</summary>
public sealed record UsageInput
{
    public string? RequestId { get; init; }

    public string? ReservationId { get; init; }

    public bool Final { get; init; } = true;

    public string? CostCenter { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public string? User { get; init; }

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

    /// <summary>As sent, with all its decimals; the service rounds once.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What a provider reported; the counts above are then its, as far as they hold it.</summary>
    public ReportedUsage? Reported { get; init; }

    /// <summary>A cost of 0 is doubted, as the record is in another's format: what has a price above 0 is rated.</summary>
    public bool ZeroCostIsRated { get; init; }

    /// <summary>What was found while reading.</summary>
    public RowFlags Flags { get; init; }

    public long? LatencyMicros { get; init; }

    public long? TimeToFirstTokenMicros { get; init; }

    public UsageStatus Status { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public string? RequestPath { get; init; }

    public string? Preview { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>Names of fields that are not part of a record, in order.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>What could not be read, by field: wrong types, bad strings, bad numbers. A record with faults is rejected with all of them.</summary>
    public IReadOnlyList<InputFault> Faults { get; init; } = [];

    /// <summary>Set when the record could not be read at all, with the code of the API: <c>malformed_json</c>, <c>record_too_large</c>.</summary>
    public (string Code, string Detail)? Unreadable { get; init; }
}
