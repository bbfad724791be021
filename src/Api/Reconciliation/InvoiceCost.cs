using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reconciliation;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>The amount of a line. Negative: a credit.</summary>
internal static class InvoiceCost
{
    public static readonly decimal Most = Money.MaxInput.ToDecimal();

    public static readonly string Fault = $"must be a number of at most {Money.MaxInput}";

    /// <summary>Far below what can be booked, and exact in sums.</summary>
    public static decimal Rounded(decimal cost) => decimal.Round(cost, InvoiceLine.MaxDecimals, MidpointRounding.ToEven);
}
