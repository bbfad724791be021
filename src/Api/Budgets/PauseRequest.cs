using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;

namespace BudgetEngine.Api.Budgets;

/// <summary>The body of a pause, and of its end, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PauseRequest
{
    [Required, CostCenterText]
    public string CostCenter { get; init; } = default!;

    [MaxLength(TextRules.MaxUser)]
    public string? User { get; init; }

    [MaxLength(TextRules.MaxModel)]
    public string? Model { get; init; }

    public DateTimeOffset? Until { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
