using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Windows;

public sealed class WindowTests
{
    [Theory]
    [InlineData(Period.Daily, "2026-11-21", "2026-11-21", "2026-11-22")]
    [InlineData(Period.Weekly, "2026-11-16", "2026-11-16", "2026-11-23")]
    [InlineData(Period.Weekly, "2026-11-22", "2026-11-16", "2026-11-23")]
    [InlineData(Period.Weekly, "2026-01-01", "2025-12-29", "2026-01-05")]
    [InlineData(Period.Monthly, "2026-11-30", "2026-11-01", "2026-12-01")]
    [InlineData(Period.Monthly, "2024-02-29", "2024-02-01", "2024-03-01")]
    [InlineData(Period.Monthly, "2026-12-31", "2026-12-01", "2027-01-01")]
    [InlineData(Period.Total, "2026-12-31", "0001-01-01", null)]
    [InlineData(Period.Daily, "9999-12-31", "9999-12-31", null)]
    [InlineData(Period.Weekly, "9999-12-31", "9999-12-27", null)]
    [InlineData(Period.Weekly, "9999-12-26", "9999-12-20", "9999-12-27")]
    [InlineData(Period.Monthly, "9999-12-31", "9999-12-01", null)]
    [InlineData(Period.Monthly, "9999-11-30", "9999-11-01", "9999-12-01")]
    [InlineData(Period.Weekly, "0001-01-07", "0001-01-01", "0001-01-08")]
    public void Window_HoldingADate_IsNamedByItsFirst(Period period, string date, string window, string? next)
    {
        Assert.Equal(Zones.Date(window), Window.Containing(period, Zones.Date(date)));
        Assert.Equal(next is null ? null : Zones.Date(next), Window.DateAfter(period, Zones.Date(window)));
    }
}
