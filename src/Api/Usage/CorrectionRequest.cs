using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Usage;

/// <summary>The body of a correction, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CorrectionRequest
{
    [Required, MaxLength(TextRules.MaxLongRequestId)]
    public string RequestId { get; init; } = default!;

    [Required, MaxLength(TextRules.MaxLongRequestId)]
    public string Corrects { get; init; } = default!;

    [Required]
    public Money Amount { get; init; }

    [Description("Names the tenant, where more than one has the id.")]
    public string? CostCenter { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
