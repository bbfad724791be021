using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
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

    public Money? Amount { get; init; }

    [MaxLength(TextRules.MaxUser)]
    public string? User { get; init; }

    [MaxLength(TextRules.MaxUser)]
    public string? Session { get; init; }

    [MaxLength(TextRules.MaxRequestId)]
    public string? RequestId { get; init; }

    [Range(1, 86_400), DefaultValue(600)]
    public long? TtlSeconds { get; init; }

    public Money? MinAmount { get; init; }

    public bool? DryRun { get; init; }

    public bool? Explain { get; init; }
}
