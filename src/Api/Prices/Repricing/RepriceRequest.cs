using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>The body of an order to rate usage again, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RepriceRequest
{
    [Required, Description("Inclusive: a date in the tenant's zone, or an RFC 3339 instant, which is compared with timestamps.")]
    public string From { get; init; } = default!;

    [Description("Exclusive, as from; absent: to the end.")]
    public string? To { get; init; }

    [Description("At and below it; absent: all that the key may see.")]
    public string? CostCenter { get; init; }

    [MaxLength(RepriceDraft.MaxModels), Items(MaxLength = TextRules.MaxModel), Description("As in the rows or in the price book; absent: all.")]
    public string[]? Models { get; init; }

    [Description("Only rows with one of these flags; absent: all.")]
    public RowFlags? Only { get; init; }

    [DefaultValue(false)]
    public bool DryRun { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit and on every correction; else X-Reason.")]
    public string? Reason { get; init; }
}
