using BudgetEngine.Client.Checks;

namespace BudgetEngine.Client.CostCenters;

/// <summary>A cost center with its spend, everything below included.</summary>
public sealed record CostCenterAnswer
{
    public required string CostCenter { get; init; }

    public string? Status { get; init; }

    /// <summary>Its limited windows.</summary>
    public IReadOnlyList<LimitWindow> Budgets { get; init; } = [];

    public decimal SpentToday { get; init; }

    public decimal SpentMonth { get; init; }

    public long RequestsToday { get; init; }
}
