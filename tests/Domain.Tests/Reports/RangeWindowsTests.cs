using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Reports;

public class RangeWindowsTests
{
    [Fact]
    public void AnyRange_IsTheSumOfItsWindows_AndThoseAreFew()
    {
        var random = new Random(20_261_130);
        for (var round = 0; round < 500; round++)
        {
            var from = new DateOnly(2024, 1, 1).AddDays(random.Next(1_000));
            var to = from.AddDays(random.Next(0, round % 2 == 0 ? 70 : 801));

            var windows = RangeWindows.Of(from, to);

            var days = new Dictionary<DateOnly, int>();
            foreach (var window in windows)
            {
                var length = window.Period == Period.Daily ? 1 : DateTime.DaysInMonth(window.Date.Year, window.Date.Month);
                for (var i = 0; i < length; i++) days[window.Date.AddDays(i)] = days.GetValueOrDefault(window.Date.AddDays(i)) + window.Sign;
            }

            Assert.Equal(Enumerable.Range(0, to.DayNumber - from.DayNumber).Select(i => from.AddDays(i)), days.Where(d => d.Value != 0).Select(d => d.Key).Order());
            Assert.DoesNotContain(days.Values, d => d is not (0 or 1));
            Assert.InRange(windows.Count(w => w.Period == Period.Daily), 0, 30);
        }
    }

    [Fact]
    public void WholeMonths_AreMonths()
    {
        Assert.Equal(
            [new SignedWindow(Period.Monthly, new DateOnly(2026, 2, 1), 1), new SignedWindow(Period.Monthly, new DateOnly(2026, 3, 1), 1)], RangeWindows.Of(new DateOnly(2026, 2, 1), new DateOnly(2026, 4, 1)));
        Assert.Equal([new SignedWindow(Period.Daily, DateOnly.MaxValue.AddDays(-1), 1)], RangeWindows.Of(DateOnly.MaxValue.AddDays(-1), DateOnly.MaxValue));
        Assert.Empty(RangeWindows.Of(new DateOnly(2026, 2, 1), new DateOnly(2026, 2, 1)));
    }
}
