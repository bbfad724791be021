using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http;

namespace BudgetEngine.Api.Keys;

/// <summary>The body of a new key, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record KeyRequest
{
    [Required, MaxLength(TextRules.MaxName)]
    public string Name { get; init; } = default!;

    [Required, MinLength(1)]
    public Scopes Scopes { get; init; } = default!;

    [Description("The subtree; null: the whole installation.")]
    public string? CostCenter { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public GatewaySettings? Gateway { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
