namespace BudgetEngine.Api.Reports;

/// <summary>A column of a report.</summary>
/// <param name="Name">In CSV.</param>
/// <param name="Heading">For people.</param>
public sealed record ReportColumn(string Name, string Heading, ColumnKind Kind);
