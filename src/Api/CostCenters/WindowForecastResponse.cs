using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Api.CostCenters;

/// <summary>Whether a weekly or monthly limit will hold: what it comes to if it goes on as on the last days.</summary>
public sealed record WindowForecastResponse(
    Period Period,
    [property: Description("At the end of the window: spent, and the pace for the days that are left.")] Money Amount,
    [property: Description("When the limit is reached at this pace; null: not in this window, or already.")] DateTimeOffset? ReachedAt,
    [property: Description("The mean of the last seven ended days, of fewer where it began later; of the first day what it has come to so far.")] Money PerDay,
    [property: Description("Ended days that the pace is the mean of.")] int Days,
    [property: AllowedValues("none", "low", "medium", "high"), Description("How sure it is: none on the first day, low with one or two ended days, medium below a week, high else.")] string Confidence)
{
    internal static IReadOnlyList<WindowForecastResponse> Of(NodeView view, IReadOnlyList<Checks.WindowView> windows, DateTimeOffset now)
    {
        if (PaceOf(view) is not { } pace) return [];
        var forecasts = new List<WindowForecastResponse>();
        foreach (var window in windows)
        {
            if (window.Period is not (Period.Weekly or Period.Monthly) || Outlook.Forecast(window.Spent, window.Limit, window.ResetsAt, now, pace) is not { } forecast) continue;
            forecasts.Add(new WindowForecastResponse(
                window.Period, forecast.Amount, forecast.ReachedAt, pace.PerDay, pace.Days, Words.ForecastConfidences.Of(pace.Confidence)));
        }

        return forecasts;
    }

    /// <summary>The pace of a cost center; null: it has not spent, or its process is of an earlier version and does not say.</summary>
    public static SpendPace? PaceOf(NodeView view)
    {
        if (view.RecentDays.IsDefaultOrEmpty) return null;
        return SpendPace.On(view.Today, [.. view.RecentDays.Select(n => new Money(n))], new Money(view.SpentToday), new Money(view.SpentMonth));
    }
}
