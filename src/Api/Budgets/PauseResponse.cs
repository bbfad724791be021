using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.Budgets;

/// <summary>A pause.</summary>
public sealed record PauseResponse(string CostCenter, string? User, string? Model, DateTimeOffset? Until, string? Reason, string By, DateTimeOffset At)
{
    public static PauseResponse Of(Pause pause) => new(pause.CostCenter, pause.User, pause.Model, pause.Until, pause.Reason, pause.By, pause.At);
}

/// <summary>What a pause or its end has left in force.</summary>
public sealed record PausedResponse(string CostCenter, PauseResponse? Paused);
