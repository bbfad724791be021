namespace BudgetEngine.Api.Budgets;

/// <summary>A stored budget with what stands beside it.</summary>
public sealed record BudgetResponse(
    string CostCenter, string? User, BudgetSettings Budget, IReadOnlyList<IncreaseResponse> Increases, PauseResponse? Paused, IReadOnlyList<string> Warnings,
    DateTimeOffset UpdatedAt, string UpdatedBy);
