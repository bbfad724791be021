using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Keys;

/// <summary>What a caller may do: its subtree.</summary>
/// <param name="CostCenter">Null: the whole installation.</param>
public readonly record struct Subtree(string? CostCenter)
{
    public bool Contains(string path) => CostCenter is null || CostCenterId.IsWithin(path, CostCenter);

    /// <summary>Segments of the root of the subtree; 0 for the whole installation.</summary>
    public int Depth => CostCenter is null ? 0 : CostCenterId.DepthOf(CostCenter);
}
