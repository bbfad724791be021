using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Domain.Tests.Reports;

public class MonthForecastTests
{
    [Fact]
    public void Forecast_OfEvenDays_IsExact()
    {
        var forecast = MonthForecast.Of(Days(10, 20), new Money(4), 21, 30, 1)!;
        Assert.Equal((300L, 300L, 300L), (forecast.Expected.Nanos, forecast.Low.Nanos, forecast.High.Nanos));
        Assert.Equal(300, forecast.PlainPace!.Value.Nanos);
    }

    [Fact]
    public void Forecast_OnTheFirst_TakesThePaceOfTheMonthBefore()
    {
        var forecast = MonthForecast.Of(Days(10, 7), Money.Zero, 1, 30, 1)!;
        Assert.Equal(300, forecast.Expected.Nanos);
        Assert.Null(forecast.PlainPace);
        Assert.Null(MonthForecast.Of([], new Money(5), 1, 30, 1));
    }

    [Fact]
    public void Forecast_AfterAChangeOfPace_FollowsTheLastWeek()
    {
        // Ten days at 10, then seven at 40: the plain pace has not noticed yet.
        var forecast = MonthForecast.Of([.. Days(10, 10), .. Days(40, 7)], new Money(50), 18, 30, 1)!;
        Assert.Equal(100 + 280 + 50 + 12 * 40, forecast.Expected.Nanos);
        Assert.Equal(380 * 30 / 17, forecast.PlainPace!.Value.Nanos);
    }

    [Fact]
    public void Forecast_WithGrowth_ScalesWhatIsLeft()
    {
        Assert.Equal(10 + 10 + 28 * 15, MonthForecast.Of(Days(10, 1), Money.Zero, 2, 30, 1.5m)!.Expected.Nanos);
    }

    [Fact]
    public void Band_OfUnevenDays_HoldsTheForecast_AndNeverPromisesLessThanIsSpent()
    {
        var forecast = MonthForecast.Of([new(1_000_000), new(3_000_000), new(2_000_000), new(6_000_000)], new Money(1_000_000), 5, 30, 1)!;
        Assert.InRange(forecast.Expected.Nanos, forecast.Low.Nanos + 1, forecast.High.Nanos - 1);
        Assert.True(forecast.Low.Nanos >= 13_000_000);
    }

    [Theory]
    [InlineData(1, ForecastConfidence.Low)]
    [InlineData(2, ForecastConfidence.Low)]
    [InlineData(3, ForecastConfidence.Medium)]
    [InlineData(6, ForecastConfidence.Medium)]
    [InlineData(7, ForecastConfidence.High)]
    [InlineData(20, ForecastConfidence.High)]
    public void Confidence_IsByTheDaysThatItIsMadeFrom(int days, ForecastConfidence expected)
    {
        var forecast = MonthForecast.Of(Days(10, days), new Money(4), days + 1, 30, 1)!;
        Assert.Equal((expected, Math.Min(7, days)), (forecast.Confidence, forecast.Days));
    }

    [Fact]
    public void Confidence_OfDaysThatDifferMuch_IsNotHigh() =>
        Assert.Equal(ForecastConfidence.Medium, MonthForecast.Of([.. Days(0, 6), new Money(1_000_000)], Money.Zero, 8, 30, 1)!.Confidence);

    private static List<Money> Days(long nanos, int count) => [.. Enumerable.Repeat(new Money(nanos), count)];
}
