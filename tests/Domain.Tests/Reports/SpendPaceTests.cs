using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Domain.Tests.Reports;

public class SpendPaceTests
{
    private const int Rounds = 2_000;

    private static readonly DateTimeOffset _now = new(2026, 11, 21, 15, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", 5, false, 5, 0, ForecastConfidence.None)]
    [InlineData("0 0 0", 5, false, 5, 0, ForecastConfidence.None)]
    [InlineData("0 0 6", 5, false, 6, 1, ForecastConfidence.Low)]
    [InlineData("0 6 0", 5, false, 3, 2, ForecastConfidence.Low)]
    [InlineData("3 6 0", 5, false, 3, 3, ForecastConfidence.Medium)]
    [InlineData("900 7 7 7 7 7 7 7", 5, false, 7, 7, ForecastConfidence.High)]
    [InlineData("0 0 0 0 0 0 14", 5, true, 2, 7, ForecastConfidence.High)]
    [InlineData("0 0 0 0 0 0 0", 0, true, 0, 7, ForecastConfidence.High)]
    [InlineData("-5 -5", 0, false, 0, 2, ForecastConfidence.Low)]
    public void Pace_IsTheMeanOfTheLastEndedDays_FromTheFirstOnWhichItSpent(string ended, long today, bool hadBefore, long perDay, int days, ForecastConfidence confidence)
    {
        var pace = SpendPace.Of([.. ended.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(d => new Money(long.Parse(d, System.Globalization.CultureInfo.InvariantCulture)))], new Money(today), hadBefore)!;
        Assert.Equal((perDay, days, confidence), (pace.PerDay.Nanos, pace.Days, pace.Confidence));
    }

    /// <summary>The month says whether it had begun before these days: on the 3rd only two of them are the month's.</summary>
    [Theory]
    [InlineData(21, "0 0 0 0 0 0 14", 5, 19, 14, 1)]
    [InlineData(21, "0 0 0 0 0 0 14", 5, 20, 2, 7)]
    [InlineData(3, "9 9 9 9 9 0 14", 5, 19, 8, 7)]
    [InlineData(3, "0 0 0 0 0 0 14", 5, 19, 14, 1)]
    [InlineData(1, "0 0 0 0 0 0 0", 5, 5, 5, 0)]
    public void Pace_OnADate_CountsFromTheFirstSpend_UnlessTheMonthSaysThatThereWasMore(int day, string ended, long today, long month, long perDay, int days)
    {
        var before = ended.Split(' ').Select(d => new Money(long.Parse(d, System.Globalization.CultureInfo.InvariantCulture))).ToList();

        var pace = SpendPace.On(new DateOnly(2026, 11, day), before, new Money(today), new Money(month))!;

        Assert.Equal((perDay, days), (pace.PerDay.Nanos, pace.Days));
    }

    [Fact]
    public void Pace_OfAnAccountThatNeverSpent_IsNone() => Assert.Null(SpendPace.Of([Money.Zero, Money.Zero], Money.Zero, hadBefore: false));

    [Fact]
    public void Forecast_OfABudgetThatWasUsedOnlyToday_IsNotDividedByTheMonth()
    {
        // Twenty days of the month have gone by without any spend; at the pace of the whole window 10 would become 14.5.
        var pace = SpendPace.Of(new Money[7], new Money(10_000_000_000), hadBefore: false)!;
        var end = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

        var forecast = Outlook.Forecast(new Money(10_000_000_000), new Money(50_000_000_000), end, _now, pace)!;

        Assert.Equal(10_000_000_000 + (long)((Int128)10_000_000_000 * (end - _now).Ticks / TimeSpan.TicksPerDay), forecast.Amount.Nanos);
        Assert.Equal(_now.AddDays(4), forecast.ReachedAt);
        Assert.Equal(ForecastConfidence.None, pace.Confidence);
    }

    [Fact]
    public void Pace_OfAnyDays_DoesNotDependOnDaysBeforeItBegan_NorOnThoseBeforeTheLastSeven()
    {
        for (var seed = 1; seed <= Rounds; seed++)
        {
            var dice = new Random(seed);
            List<Money> days = [.. Enumerable.Range(0, dice.Next(0, 12)).Select(_ => new Money(dice.Next(4) == 0 ? 0 : dice.NextInt64(1, 1_000_000)))];
            var today = new Money(dice.Next(0, 3));
            var pace = SpendPace.Of(days, today, hadBefore: false);

            if (days.Count < SpendPace.MaxDays) Assert.Equal(pace, SpendPace.Of([.. new Money[dice.Next(1, 5)], .. days], today, hadBefore: false));
            var last = days.Skip(Math.Max(0, days.Count - SpendPace.MaxDays)).ToList();
            Assert.Equal(pace, SpendPace.Of([.. Enumerable.Repeat(new Money(dice.NextInt64(1, 1_000)), 3), .. new Money[SpendPace.MaxDays - last.Count], .. last], today, hadBefore: false));
            if (pace is not { Days: > 0 }) continue;

            var counted = last.SkipWhile(d => d == Money.Zero).ToList();
            Assert.Equal(counted.Count, pace.Days);
            Assert.InRange(pace.PerDay.Nanos, counted.Min().Nanos, counted.Max().Nanos);
        }
    }

    [Fact]
    public void Forecast_AtAnyPace_IsNeverLessThanIsSpent_AndTheLimitIsReachedIfAndOnlyIfItIsPassed()
    {
        for (var seed = 1; seed <= Rounds; seed++)
        {
            var dice = new Random(seed);
            var (spent, limit) = (new Money(dice.NextInt64(1, 1_000_000_000)), new Money(dice.NextInt64(0, 2_000_000_000)));
            var pace = new SpendPace(new Money(dice.NextInt64(0, 100_000_000)), dice.Next(0, 8));
            var end = _now.AddTicks(dice.NextInt64(1, TimeSpan.TicksPerDay * 31));

            var forecast = Outlook.Forecast(spent, limit, end, _now, pace)!;

            Assert.True(forecast.Amount >= spent, $"seed {seed}");
            Assert.True(Outlook.Forecast(spent, limit, end, _now, pace with { PerDay = pace.PerDay + new Money(1) })!.Amount >= forecast.Amount, $"seed {seed}");
            if (forecast.ReachedAt is not { } reached)
            {
                Assert.True(limit <= spent || forecast.Amount <= limit, $"seed {seed}");
                continue;
            }

            Assert.InRange(reached, _now, end);
            Assert.True(forecast.Amount >= limit, $"seed {seed}");
            // What is spent by then is the limit, to the last tick's spend.
            var by = spent.Nanos + (Int128)pace.PerDay.Nanos * (reached - _now).Ticks / TimeSpan.TicksPerDay;
            Assert.InRange((long)(limit.Nanos - by), 0, pace.PerDay.Nanos / TimeSpan.TicksPerDay + 1);
        }
    }

    [Fact]
    public void Forecast_AfterTheEnd_WithoutEndOrSpend_IsNone()
    {
        var pace = new SpendPace(new Money(5), 3);
        Assert.Null(Outlook.Forecast(new Money(1), new Money(10), _now, _now, pace));
        Assert.Null(Outlook.Forecast(new Money(1), new Money(10), null, _now, pace));
        Assert.Null(Outlook.Forecast(Money.Zero, new Money(10), _now.AddDays(1), _now, pace));
        Assert.Equal(long.MaxValue, Outlook.Forecast(new Money(long.MaxValue), new Money(10), _now.AddDays(9), _now, new SpendPace(new Money(long.MaxValue), 1))!.Amount.Nanos);
    }
}
