namespace BudgetEngine.Domain.Reconciliation;

/// <summary>What one line of an invoice is about.</summary>
public enum InvoiceGrouping
{
    /// <summary>One call, by its request id.</summary>
    Request,

    /// <summary>All calls of a model on a day.</summary>
    Day,

    /// <summary>All calls of a model in the whole range.</summary>
    Model,
}
