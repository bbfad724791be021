using BudgetEngine.Dashboard.Wording;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>A row of a list of cost centers.</summary>
/// <param name="Row">Where it stands in the tree; null: in a plain list.</param>
/// <param name="Toggle">The address with this branch the other way.</param>
public sealed record RowModel(CostCenterLine Line, Currency Currency, DateTimeOffset Now, TreeRow? Row = null, string? Toggle = null);
