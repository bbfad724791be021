using BudgetEngine.Domain;

namespace BudgetEngine.Api;

public enum UsageResultKind
{
    Recorded,
    Duplicate,
    Rejected,
}

/// <summary>What became of one record.</summary>
/// <param name="Code">Of a rejected one: the code of the API. <paramref name="Errors"/>: by field.</param>
/// <param name="Retryable">The same record may be sent again and may then be taken.</param>
public sealed record UsageResult(
    string? RequestId, UsageResultKind Kind, Money Cost, RowFlags Flags, string? Code = null, string? Detail = null, bool Retryable = false,
    IReadOnlyList<InputFault>? Errors = null);

/// <summary>What a caller may do: its subtree.</summary>
/// <param name="CostCenter">Null: the whole installation.</param>
public readonly record struct Subtree(string? CostCenter)
{
    public bool Contains(string path) => CostCenter is null || CostCenterId.IsWithin(path, CostCenter);

    /// <summary>Segments of the root of the subtree; 0 for the whole installation.</summary>
    public int Depth => CostCenter is null ? 0 : CostCenterId.DepthOf(CostCenter);
}
