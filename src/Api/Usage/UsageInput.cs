using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>A usage record as it was sent: parsed, not yet checked against rules, prices or reservations.</summary>
public sealed record UsageInput
{
    /// <summary>Stands for null in half of the memory: few records count characters.</summary>
    private const long None = -1;

    private readonly long _inputCharacters = None;
    private readonly long _outputCharacters = None;

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

    public long? InputCharacters { get => OrNull(_inputCharacters); init => _inputCharacters = value ?? None; }

    public long? OutputCharacters { get => OrNull(_outputCharacters); init => _outputCharacters = value ?? None; }

    /// <summary>What few records have; null without any.</summary>
    public UsageDetails? Details { get; init; }

    /// <summary>How reading changed what was sent.</summary>
    public RowFlags Flags { get; init; }

    /// <summary>As sent, with all its decimals; the service rounds once.</summary>
    public decimal? Cost { get; init; }

    /// <summary>A cost of 0 is doubted, as the record is in another's format: what has a price above 0 is rated.</summary>
    public bool ZeroCostIsRated { get; init; }

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

    /// <summary>The same with the counts as they were rated: none that was not told, unless it is a whole that has parts.</summary>
    public UsageInput With(in TokenCounts rated) => this with
    {
        InputTokens = InputTokens is null && rated.Input == 0 ? null : rated.Input, CachedInputTokens = CachedInputTokens is null ? null : rated.Cached,
        CacheWriteTokens = CacheWriteTokens is null ? null : rated.CacheWrite, OutputTokens = OutputTokens is null && rated.Output == 0 ? null : rated.Output,
        ReasoningTokens = ReasoningTokens is null ? null : rated.Reasoning, Details = Details?.With(rated),
    };

    private static long? OrNull(long count) => count == None ? null : count;
}
