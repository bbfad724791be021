using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>The body of an order to move a cost center, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MoveRequest
{
    [Required, CostCenterText, Description("The new name, in the same tenant. Where it exists both become one.")]
    public string To { get; init; } = default!;

    [DefaultValue(MoveWords.Move), Description("move: past usage goes along; keep: it stays under the old name, which is archived.")]
    public string? History { get; init; }

    [DefaultValue(false)]
    public bool DryRun { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}

/// <summary>The body of an order to archive a cost center, and of its end, for the OpenAPI document only.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ArchiveRequest
{
    [Required, CostCenterText]
    public string CostCenter { get; init; } = default!;

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
