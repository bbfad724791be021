namespace BudgetEngine.Domain.Windows;

/// <summary>How often a limit starts anew. Values are stored and sent between processes: never renumbered.</summary>
public enum Period : byte
{
    Daily = 1,
    Weekly = 2,
    Monthly = 3,
    Total = 4,
}

/// <summary>A window is one instance of a period, named by its first local date; that of <see cref="Period.Total"/> by <see cref="DateOnly.MinValue"/>.</summary>
public static class Window
{
    public static readonly Period[] Periods = [Period.Daily, Period.Weekly, Period.Monthly, Period.Total];

    /// <summary>The name of the window of this period that holds the given local date.</summary>
    public static DateOnly Containing(Period period, DateOnly date) => period switch
    {
        Period.Daily => date,
        Period.Weekly => MondayOf(date),
        Period.Monthly => new DateOnly(date.Year, date.Month, 1),
        _ => DateOnly.MinValue,
    };

    /// <summary>The first date after the window; null for total, which never ends, and at the end of the calendar.</summary>
    public static DateOnly? DateAfter(Period period, DateOnly window) => period switch
    {
        Period.Daily when window < DateOnly.MaxValue => window.AddDays(1),
        Period.Weekly when window < DateOnly.MaxValue.AddDays(-7) => window.AddDays(7),
        Period.Monthly when window < new DateOnly(9999, 12, 1) => window.AddMonths(1),
        _ => null,
    };

    private static DateOnly MondayOf(DateOnly date)
    {
        var days = ((int)date.DayOfWeek + 6) % 7;
        return date.DayNumber < days ? DateOnly.MinValue : date.AddDays(-days);
    }
}
