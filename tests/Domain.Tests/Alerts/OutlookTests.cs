using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class OutlookTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset End = Start.AddDays(30);

    /// <summary>One formula for alerts, reports and pages. On the evening of the 21st: half a day of today is left, and nine days and a half of the month.</summary>
    [Theory]
    [InlineData(Period.Monthly, 100, 10, 7, 195, 7, ForecastConfidence.High)]
    [InlineData(Period.Monthly, 100, 10, 3, 195, 3, ForecastConfidence.Medium)]
    [InlineData(Period.Monthly, 10, 10, 0, 105, 0, ForecastConfidence.None)]
    [InlineData(Period.Weekly, 100, 10, 2, 195, 2, ForecastConfidence.Low)]
    [InlineData(Period.Monthly, 205, null, null, 300, null, null)]
    [InlineData(Period.Daily, 205, 10, 7, 300, null, null)]
    public void Forecast_OfAWeekOrMonthGoesByRecentDays_OfADayByItsOwn(Period period, long spent, int? perDay, int? days, long amount, int? told, ForecastConfidence? confidence)
    {
        var pace = perDay is { } each ? new SpendPace(new Money(each), days!.Value) : null;

        var forecast = Outlook.Forecast(period, new Money(spent), new Money(1_000), Start, End, Start.AddDays(20.5), pace)!;

        Assert.Equal((amount, told, confidence), (forecast.Amount.Nanos, forecast.Days, forecast.Confidence));
    }

    [Fact]
    public void Forecast_OfTotal_IsNone() =>
        Assert.Null(Outlook.Forecast(Period.Total, new Money(5), new Money(9), Start, null, Start.AddDays(3), new SpendPace(new Money(1), 7)));

    [Fact]
    public void Forecast_IsSpentByElapsedTimesLength()
    {
        var forecast = Outlook.Forecast(new Money(312_400_000), new Money(500_000_000), Start, End, Start.AddDays(15))!;

        Assert.Equal(624_800_000, forecast.Amount.Nanos);
        // 187.6 more at 20.826... a day: nine days and two ninths of a minute.
        Assert.Equal(Start.AddDays(15).AddTicks((long)((Int128)187_600_000 * TimeSpan.FromDays(15).Ticks / 312_400_000)), forecast.ReachedAt);
    }

    [Theory]
    [InlineData(500, 500)]
    [InlineData(600, 500)]
    [InlineData(200, 500)]
    [InlineData(250, 500)]
    public void Forecast_OfALimitThatIsReachedAlready_OrHolds_HasNoInstant(long spent, long limit) =>
        Assert.Null(Outlook.Forecast(new Money(spent), new Money(limit), Start, End, Start.AddDays(15))!.ReachedAt);

    [Fact]
    public void Forecast_BeforeATenthOfTheWindow_AfterItsEnd_WithoutEndOrSpend_IsNone()
    {
        var (spent, limit) = (new Money(100), new Money(500));
        Assert.Null(Outlook.Forecast(spent, limit, Start, End, Start.AddDays(3).AddTicks(-1)));
        Assert.NotNull(Outlook.Forecast(spent, limit, Start, End, Start.AddDays(3)));
        Assert.NotNull(Outlook.Forecast(spent, limit, Start, End, End.AddTicks(-1)));
        Assert.Null(Outlook.Forecast(spent, limit, Start, End, End));
        Assert.Null(Outlook.Forecast(spent, limit, Start, null, Start.AddDays(3)));
        Assert.Null(Outlook.Forecast(Money.Zero, limit, Start, End, Start.AddDays(3)));
        Assert.Null(Outlook.Forecast(new Money(-5), limit, Start, End, Start.AddDays(3)));
    }

    [Fact]
    public void Forecast_OfTheLargestAmounts_IsClamped()
    {
        var forecast = Outlook.Forecast(new Money(long.MaxValue / 2), Money.MaxInput, Start, End, Start.AddDays(3))!;

        Assert.Equal(long.MaxValue, forecast.Amount.Nanos);
        Assert.Equal(1, Outlook.Forecast(new Money(1), Money.MaxInput, Start, End, End.AddTicks(-1))!.Amount.Nanos);
    }

    [Theory]
    [InlineData(150, 100, 0, false)]
    [InlineData(151, 100, 0, true)]
    [InlineData(151, 100, 151, false)]
    [InlineData(152, 100, 151, true)]
    [InlineData(1_000, 0, 0, false)]
    [InlineData(1_000, -5, 0, false)]
    [InlineData(2, 1, 0, true)]
    public void Spike_IsAboveOneAndAHalfTimesYesterdayAndAboveTheFloor(long today, long yesterday, long floor, bool expected) =>
        Assert.Equal(expected, Outlook.IsSpike(new Money(today), new Money(yesterday), new Money(floor)));

    [Theory]
    [InlineData(100, 500, 10, 40)]
    [InlineData(499, 500, 20, 0)]
    [InlineData(0, 300, 1, 300)]
    public void SafePerDay_IsWhatIsLeftByTheDaysThatAreLeft(long spent, long limit, int daysLeft, long expected) =>
        Assert.Equal(expected, Outlook.SafePerDay(new Money(spent), new Money(limit), End, End.AddDays(-daysLeft))!.Value.Nanos);

    [Fact]
    public void SafePerDay_InTheLastDay_IsAllThatIsLeft_AndNothingOnceItIsSpentOrOver()
    {
        Assert.Equal(400, Outlook.SafePerDay(new Money(100), new Money(500), End, End.AddHours(-1))!.Value.Nanos);
        Assert.Null(Outlook.SafePerDay(new Money(500), new Money(500), End, Start));
        Assert.Null(Outlook.SafePerDay(new Money(1), new Money(500), End, End));
        Assert.Null(Outlook.SafePerDay(new Money(1), new Money(500), null, Start));
    }
}
