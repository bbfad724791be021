using System.ComponentModel;
using System.Text.Json.Serialization;

namespace BudgetEngine.Api.Budgets;

/// <summary>A stored budget with what stands beside it.</summary>
public sealed record BudgetResponse(
    string CostCenter, string? User, BudgetSettings Budget, IReadOnlyList<IncreaseResponse> Increases, PauseResponse? Paused, IReadOnlyList<string> Warnings,
    DateTimeOffset UpdatedAt, string UpdatedBy)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), Description("There only where it is true: nothing was written.")]
    public bool DryRun { get; init; }
}

/// <summary>What taking a budget away would end.</summary>
public sealed record BudgetEndResponse(string CostCenter, string? User, bool DryRun, IReadOnlyList<string> Warnings);
