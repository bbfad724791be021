using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Checks;

/// <summary>The body of a check, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[Description("Required besides: amount, or model with input_tokens or input_characters. Unknown fields are ignored.")]
internal sealed record CheckRequest
{
    [Required, CostCenterText]
    public string CostCenter { get; init; } = default!;

    [MaxLength(TextRules.MaxModel)]
    public string? Model { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? InputTokens { get; init; }

    [Range(0, Rating.MaxCharacters)]
    public long? InputCharacters { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? MaxOutputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens), Description("Announced parts of the input and of the output; what is not announced is estimated at the whole's price.")]
    public long? CachedInputTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? CacheWriteTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens), JsonPropertyName("cache_write_1h_tokens")]
    public long? CacheWrite1hTokens { get; init; }

    [Range(0, TokenCounts.MaxTokens)]
    public long? ReasoningTokens { get; init; }

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

    public IReadOnlyDictionary<string, decimal>? Units { get; init; }

    [MaxLength(TextRules.MaxServiceTier)]
    public string? ServiceTier { get; init; }

    [MaxLength(TextRules.MaxRegion)]
    public string? Region { get; init; }

    public Money? Amount { get; init; }

    [MaxLength(TextRules.MaxUser)]
    public string? User { get; init; }

    [MaxLength(TextRules.MaxUser)]
    public string? Session { get; init; }

    [MaxLength(TextRules.MaxLongRequestId)]
    public string? RequestId { get; init; }

    [Range(1, 86_400), DefaultValue(600)]
    public long? TtlSeconds { get; init; }

    public Money? MinAmount { get; init; }

    public bool? DryRun { get; init; }

    public bool? Explain { get; init; }
}
