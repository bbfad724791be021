using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.CostCenters;

/// <summary>The status of a cost center: that of its window that is worst off.</summary>
internal static class Statuses
{
    public static string Worst(IReadOnlyList<WindowView> windows)
    {
        WindowView? worst = null;
        foreach (var window in windows)
        {
            if (worst is null || Rank(window) > Rank(worst)) worst = window;
        }

        return worst?.Status ?? WindowFigures.StatusOk;
    }

    /// <summary>Exceeded beats all; then utilization tells.</summary>
    private static decimal Rank(WindowView window) => window.Status switch
    {
        WindowFigures.StatusExceeded => decimal.MaxValue,
        WindowFigures.StatusOk => -1,
        _ => window.Utilization ?? 0,
    };
}
