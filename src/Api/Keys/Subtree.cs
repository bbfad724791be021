using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Keys;

/// <summary>What a caller may do: its subtree.</summary>
/// <param name="CostCenter">Null: the whole installation.</param>
public readonly record struct Subtree(string? CostCenter)
{
    public bool Contains(string path) => CostCenter is null || CostCenterId.IsWithin(path, CostCenter);

    /// <summary>True also for a cost center that was moved out of it while an old name of it still leads there: a move refuses nobody's cost, and takes no reservation from who holds it.</summary>
    public bool Reaches(string path, CostCenterAliases aliases) => Contains(path) || (!aliases.IsEmpty && aliases.OldNamesOf(path).Any(Contains));

    /// <summary>Segments of the root of the subtree; 0 for the whole installation.</summary>
    public int Depth => CostCenter is null ? 0 : CostCenterId.DepthOf(CostCenter);
}
