using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Usage;

/// <summary>What a call used. Needs <see cref="RequestId"/>, a reservation or a cost center, and a cost or a model with counts.</summary>
public sealed record UsageRecord
{
    /// <summary>1 to 200 printable characters, unique within the tenant: a repeat is recorded once.</summary>
    public required string RequestId { get; init; }

    /// <summary>The reservation that this settles.</summary>
    public string? ReservationId { get; init; }

    /// <summary>False: a heartbeat of a stream; the reservation stays held.</summary>
    public bool? Final { get; init; }

    public string? CostCenter { get; init; }

    /// <summary>When the call was made; null: when the engine gets the record.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public string? User { get; init; }

    public string? Session { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    /// <summary>Cached and cache-write ones included.</summary>
    public long? InputTokens { get; init; }

    public long? CachedInputTokens { get; init; }

    public long? CacheWriteTokens { get; init; }

    /// <summary>Beside those of <see cref="CacheWriteTokens"/>.</summary>
    [JsonPropertyName("cache_write_1h_tokens")]
    public long? CacheWriteHourTokens { get; init; }

    /// <summary>Reasoning included.</summary>
    public long? OutputTokens { get; init; }

    public long? ReasoningTokens { get; init; }

    /// <summary>Where tokens are unknown; the engine flags the record <c>estimated</c>.</summary>
    public long? InputCharacters { get; init; }

    public long? OutputCharacters { get; init; }

    /// <summary>The provider's usage object, or the answer that has it, in place of the counts above.</summary>
    public JsonElement? Usage { get; init; }

    /// <summary>In the engine's currency; beats counts.</summary>
    public decimal? Cost { get; init; }

    public decimal? LatencyMs { get; init; }

    /// <summary>Null: <c>success</c>.</summary>
    public string? Status { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public string? RequestPath { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Whose key it goes under; null: the client's.</summary>
    [JsonIgnore]
    public EngineCredentials? As { get; init; }
}
