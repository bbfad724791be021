using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>A usage record, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[Description("Required besides: cost_center or reservation_id; and cost, or a model with counts (neither for a status other than success). Unknown fields are ignored and listed.")]
internal sealed record UsageRecordRequest
{
    [Required, MaxLength(TextRules.MaxLongRequestId)]
    public string RequestId { get; init; } = default!;

    public string? ReservationId { get; init; }

    public bool Final { get; init; }

    [CostCenterText]
    public string CostCenter { get; init; } = default!;

    public DateTimeOffset? Timestamp { get; init; }

    public string? User { get; init; }

    public string? Session { get; init; }

    [MaxLength(TextRules.MaxName)]
    public string? Provider { get; init; }

    [MaxLength(TextRules.MaxModel)]
    public string? Model { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? InputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? CachedInputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? CacheWriteTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? OutputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? ReasoningTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens), JsonPropertyName("cache_write_1h_tokens")]
    public long? CacheWrite1hTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? AudioInputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? CachedAudioInputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? ImageInputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? VideoInputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? AudioOutputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? ImageOutputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? VideoOutputTokens { get; init; }

    [Description("Counts of what is not tokens, by unit: web_search, image, second, ...")]
    public IReadOnlyDictionary<string, decimal>? Units { get; init; }

    [Description("The tier that was served; standard, default, auto and null are the base.")]
    public string? ServiceTier { get; init; }

    [Description("Chooses the multiplier of the price.")]
    public string? Region { get; init; }

    [Range(0, Rating.MaxCharacters)]
    public long? InputCharacters { get; init; }

    [Range(0, Rating.MaxCharacters)]
    public long? OutputCharacters { get; init; }

    [Description("What the provider sent: its usage object, or the whole answer or last event of a stream that has one. Takes the place of the counts.")]
    public object? Usage { get; init; }

    [Description("The cost that the usage object names is the record's.")]
    public bool CostFromUsage { get; init; }

    public Money? Cost { get; init; }

    public decimal? LatencyMs { get; init; }

    public decimal? TimeToFirstTokenMs { get; init; }

    public UsageStatus? Status { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public string? RequestPath { get; init; }

    public string? Preview { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}
