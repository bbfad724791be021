using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Checks;

/// <summary>The body of an extension, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[Description("At least one. amount is the new total.")]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ExtensionRequest
{
    [Range(1, 86_400)]
    public long? TtlSeconds { get; init; }

    public Money? Amount { get; init; }
}
