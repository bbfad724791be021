using BudgetEngine.Domain.Reconciliation;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>The amount of a line. Negative: a credit.</summary>
internal static class InvoiceCost
{
    /// <summary>Far below what can be booked, and exact in sums.</summary>
    public static decimal Rounded(decimal cost) => decimal.Round(cost, InvoiceLine.MaxDecimals, MidpointRounding.ToEven);
}
