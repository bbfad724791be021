using BudgetEngine.Client.Checks;

namespace BudgetEngine.Client.CostCenters;

/// <summary>Every limited window of a path, with what is left.</summary>
public sealed record LimitsAnswer
{
    public required string CostCenter { get; init; }

    public string? User { get; init; }

    /// <summary>Whether a call would be allowed now: <c>allow</c> or <c>deny</c>.</summary>
    public required string Decision { get; init; }

    public string? Reason { get; init; }

    public IReadOnlyList<LimitWindow> Items { get; init; } = [];
}
