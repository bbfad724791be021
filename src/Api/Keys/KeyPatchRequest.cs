using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http;

namespace BudgetEngine.Api.Keys;

/// <summary>The body of a patch of a key, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record KeyPatchRequest
{
    [MaxLength(TextRules.MaxName)]
    public string Name { get; init; } = default!;

    public DateTimeOffset? ExpiresAt { get; init; }

    public GatewaySettings? Gateway { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
