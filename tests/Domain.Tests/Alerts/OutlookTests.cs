using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class OutlookTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset End = Start.AddDays(30);

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
