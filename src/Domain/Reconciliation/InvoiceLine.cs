namespace BudgetEngine.Domain.Reconciliation;

/// <summary>A line of a provider's invoice. Lines of the same call, or of the same model and day, add up.</summary>
/// <param name="RequestId">Of a line about one call.</param>
/// <param name="Date">Of a line about a day; null: about the whole range.</param>
/// <param name="Cost">At most <see cref="MaxDecimals"/> decimals; negative: a credit.</param>
public sealed record InvoiceLine(string? RequestId, DateOnly? Date, string? Provider, string? Model, decimal Cost)
{
    /// <summary>So that sums of as many lines as one request can have are exact in decimal.</summary>
    public const int MaxDecimals = 12;

    public InvoiceGrouping Grouping => RequestId is not null ? InvoiceGrouping.Request : Date is not null ? InvoiceGrouping.Day : InvoiceGrouping.Model;
}
