namespace BudgetEngine.Reports.Fill;

/// <summary>Takes rows of one table as fast as the store can. Disposing of it completes them.</summary>
internal interface IBulkTable : IDisposable
{
    /// <summary>A row: numbers, texts, flags, dates, instants, ids or null, in the order of the columns.</summary>
    void Add(params ReadOnlySpan<object?> values);
}
