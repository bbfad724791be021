using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Prices;

/// <summary>The body of a version of a price, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[Description("tiers, service_tiers and audio are reserved: 501.")]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PriceRequest
{
    [Required]
    public decimal Input { get; init; }

    [Required]
    public decimal Output { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite { get; init; }

    public decimal? Reasoning { get; init; }

    [Range(1, TokenPrices.MaxPer), DefaultValue(1_000_000)]
    public long Per { get; init; }

    [Range(1, TokenCounts.MaxTokens)]
    public long? MaxOutputTokens { get; init; }

    [MaxLength(PriceDraft.MaxAliases), Items(MaxLength = TextRules.MaxModel)]
    public string[]? Aliases { get; init; }

    public DateTimeOffset? EffectiveFrom { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
