namespace BudgetEngine.Client.CostCenters;

/// <summary>Some of the cost centers, and where the next ones begin.</summary>
public sealed record CostCenterPage(IReadOnlyList<CostCenterAnswer> Items, string? NextCursor);
