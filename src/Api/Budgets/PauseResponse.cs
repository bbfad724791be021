using System.ComponentModel;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.Budgets;

/// <summary>A pause.</summary>
public sealed record PauseResponse(string CostCenter, string? User, string? Model, DateTimeOffset? Until, string? Reason, string By, DateTimeOffset At)
{
    public static PauseResponse Of(Pause pause) => new(pause.CostCenter, pause.User, pause.Model, pause.Until, pause.Reason, pause.By, pause.At);
}

/// <summary>What a pause or its end has left in force.</summary>
public sealed record PausedResponse(
    string CostCenter, PauseResponse? Paused,
    [property: Description("Every pause that is in force now at, above or below the cost center: at most 100.")] IReadOnlyList<ActivePauseResponse> InForce,
    IReadOnlyList<string> Warnings);
