using System.ComponentModel;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Api.CostCenters;

/// <summary>A cost center as lists tell it.</summary>
public record CostCenterResponse(
    string CostCenter, string Status, IReadOnlyList<WindowResponse> Budgets, Money SpentToday, Money SpentMonth, long RequestsToday, PauseResponse? Paused,
    BreakerResponse Breaker,
    [property: Description("Every pause that touches it: its own and those above it, of all, of one user or of one model.")] IReadOnlyList<ActivePauseResponse> Pauses)
{
    internal static CostCenterResponse Of(string path, NodeView view, IReadOnlyList<WindowView> windows, Breaker breaker, IReadOnlyList<ActivePauseResponse> pauses) => new(
        path, Statuses.Worst(windows), WindowResponse.Of(windows), new Money(view.SpentToday), new Money(view.SpentMonth), view.RequestsToday, PauseOf(path, view),
        BreakerResponse.Of(breaker), pauses);

    private static PauseResponse? PauseOf(string path, NodeView view)
    {
        foreach (var pause in view.Pauses)
        {
            if (pause is { User: null, Model: null }) return new PauseResponse(path, null, null, pause.Until, pause.Reason, pause.By, pause.At);
        }

        return null;
    }
}
