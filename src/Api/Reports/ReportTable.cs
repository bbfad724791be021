namespace BudgetEngine.Api.Reports;

/// <summary>A report as a table: for CSV, for print, for a page.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Sentence">What it says, first.</param>
/// <param name="Rows">Cells are texts, amounts, whole numbers, fractions, dates, instants, or null; as many as columns.</param>
/// <param name="Total">The last row; null: nothing to add up.</param>
public sealed record ReportTable(string Title, string Sentence, string Currency, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<object?[]> Rows, object?[]? Total = null)
{
    /// <summary>What a reader should know of the figures; null: nothing.</summary>
    public string? Note { get; init; }
}
