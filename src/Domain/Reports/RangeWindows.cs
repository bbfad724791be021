using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Reports;

/// <summary>A window that is added to a sum, or taken from it.</summary>
/// <param name="Sign">1 or -1.</param>
public readonly record struct SignedWindow(Period Period, DateOnly Date, int Sign);

/// <summary>Days and months that come to a range of dates.</summary>
public static class RangeWindows
{
    /// <summary>The fewest: a month that is in the range for the most part is the whole month less the days that are not. At most 15 days at each end, and the months in between.</summary>
    /// <param name="to">The first date after the range.</param>
    public static List<SignedWindow> Of(DateOnly from, DateOnly to)
    {
        var windows = new List<SignedWindow>();
        for (DateOnly? month = Window.Containing(Period.Monthly, from); month is { } first && first < to; month = Window.DateAfter(Period.Monthly, first))
        {
            var after = first.AddDays(DateTime.DaysInMonth(first.Year, first.Month) - 1).DayNumber + 1;
            var (begin, end) = (Math.Max(from.DayNumber, first.DayNumber), Math.Min(to.DayNumber, after));
            var isMost = end - begin > (after - first.DayNumber) / 2;
            if (isMost) windows.Add(new SignedWindow(Period.Monthly, first, 1));
            for (var day = first.DayNumber; day < after; day++)
            {
                var isIn = day >= begin && day < end;
                if (isIn != isMost) windows.Add(new SignedWindow(Period.Daily, DateOnly.FromDayNumber(day), isIn ? 1 : -1));
            }
        }

        return windows;
    }
}
