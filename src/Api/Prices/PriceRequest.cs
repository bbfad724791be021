using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Prices;

/// <summary>The body of a version of a price, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[Description("input and output are required unless there are units. A part of a price (PATCH) needs neither. Units that have a meaning (web_search, second, ...) may also stand beside the token meters.")]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PriceRequest : LayeredRates
{
    public decimal? Input { get; init; }

    public decimal? Output { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite { get; init; }

    public decimal? Reasoning { get; init; }

    [Range(1, RateCard.MaxPer), DefaultValue(1_000_000)]
    public long Per { get; init; }

    [Range(1, TokenCounts.MaxTokens)]
    public long? MaxOutputTokens { get; init; }

    [MaxLength(PriceDraft.MaxAliases), Items(MaxLength = TextRules.MaxModel)]
    public string[]? Aliases { get; init; }

    public DateTimeOffset? EffectiveFrom { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
