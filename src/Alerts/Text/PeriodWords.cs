using System.Globalization;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Alerts.Text;

/// <summary>Periods and windows: in the words of the API, and for people.</summary>
internal static class PeriodWords
{
    public static string Adjective(Period period) => Words.Periods.Of(period);

    public static string AdjectiveOf(Period? period) => period is { } known ? Adjective(known) + " " : "";

    /// <summary><c>November 2026</c>; null for total, whose window is all time.</summary>
    public static string? Name(Period period, DateOnly window) => period switch
    {
        Period.Daily => window.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        Period.Weekly => "week of " + window.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        Period.Monthly => window.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
        _ => null,
    };

    public static string ForWindow(Period period, DateOnly window) => Name(period, window) is { } name ? $" for {(period == Period.Weekly ? "the " : "")}{name}" : "";

    /// <summary>The window as programs name it; total has none.</summary>
    public static string? Date(Period? period, DateOnly window) => period == Period.Total ? null : window.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
