using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>A line of an invoice, for the OpenAPI document only: lines are read field by field (ADR 6), and a test holds both together.</summary>
[Description("One line of JSON lines; CSV has the same names as columns. All lines are about calls (request_id), about days (date and model), or about the whole range (model). Lines about the same add up. Other names are ignored.")]
internal sealed record InvoiceLineRequest
{
    [MaxLength(TextRules.MaxLongRequestId)]
    public string? RequestId { get; init; }

    [Description("A date, or an instant of that date in the tenant's zone.")]
    public string? Date { get; init; }

    [MaxLength(TextRules.MaxName), Description("The same in all lines.")]
    public string? Provider { get; init; }

    [MaxLength(PriceBook.MaxNameLength)]
    public string? Model { get; init; }

    [Required, Description("Negative: a credit.")]
    public decimal Cost { get; init; }
}
