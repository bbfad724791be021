using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class WindowBalancesTests(ITestOutputHelper output)
{
    private static readonly DateOnly Friday = new(2026, 11, 20);
    private static readonly DateOnly November = new(2026, 11, 1);

    [Fact]
    public void Day_ToldInAnyOrder_IsThatOfTheNewestVersion()
    {
        var balances = new WindowBalances();
        balances.SetDay(Friday, Of(5, version: 3));
        balances.SetDay(Friday, Of(9, version: 2));
        balances.SetDay(Friday, Of(9, version: 3));
        Assert.Equal(new Money(5), balances.Spent(Period.Daily, Friday));
        balances.SetDay(Friday, Of(2, version: 4));
        Assert.Equal(new Money(2), balances.Spent(Period.Daily, Friday));
        Assert.Equal(new Money(2), balances.Spent(Period.Weekly, new DateOnly(2026, 11, 16)));
        Assert.Equal(new Balance(new Money(2), 1, 4), balances.Day(Friday));
    }

    [Fact]
    public void Month_Corrected_LowersTheTotalToo()
    {
        var balances = new WindowBalances();
        balances.SetMonth(November, Of(50, version: 1));
        balances.SetMonth(new DateOnly(2025, 1, 1), Of(7, version: 2));
        balances.SetMonth(November, Of(20, version: 5));
        balances.SetMonth(November, Of(50, version: 1));
        balances.SetMonth(November, Of(40, version: 4));
        Assert.Equal(new Money(20), balances.Spent(Period.Monthly, November));
        Assert.Equal(new Money(27), balances.Spent(Period.Total, DateOnly.MinValue));
        balances.SetMonth(new DateOnly(2025, 1, 1), Of(0, version: 6));
        Assert.Equal(new Money(20), balances.Spent(Period.Total, DateOnly.MinValue));
    }

    /// <summary>The sum of all months may pass 64 bits while none of them does: it is told as the largest amount, and comes down again as it went up.</summary>
    [Fact]
    public void Total_BeyondSixtyFourBits_SaturatesAndStaysExact()
    {
        var balances = new WindowBalances();
        for (var month = 1; month <= 12; month++) balances.SetMonth(new DateOnly(2025, month, 1), Of(long.MaxValue, version: 1));
        Assert.Equal(Money.MaxValue, balances.Spent(Period.Total, DateOnly.MinValue));
        for (var month = 1; month <= 12; month++) balances.SetMonth(new DateOnly(2025, month, 1), Of(month, version: 2));
        Assert.Equal(new Money(78), balances.Spent(Period.Total, DateOnly.MinValue));
    }

    [Fact]
    public void Totals_OfAnyMonthsAndDays_AreTheNearestAmount()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < 300; run++)
        {
            var balances = new WindowBalances();
            var months = new Dictionary<DateOnly, long>();
            var days = new Dictionary<DateOnly, long>();
            for (var version = 1; version < 40; version++)
            {
                var (month, day) = (November.AddMonths(-random.Next(20)), new DateOnly(2026, 11, 16).AddDays(random.Next(7)));
                balances.SetMonth(month, Of(months[month] = Large(), version));
                balances.SetDay(day, Of(days[day] = Large(), version));
                Assert.Equal(Money.Saturated(Sum(months)), balances.Spent(Period.Total, DateOnly.MinValue));
                Assert.Equal(Money.Saturated(Sum(days)), balances.Spent(Period.Weekly, new DateOnly(2026, 11, 16)));
            }
        }

        long Large() => random.NextInt64(0, long.MaxValue) >> random.Next(8);

        static Int128 Sum(Dictionary<DateOnly, long> amounts) => amounts.Values.Aggregate((Int128)0, (sum, a) => sum + a);
    }

    [Fact]
    public void Days_OlderThanKept_AreDroppedAndStayOut()
    {
        var balances = new WindowBalances();
        for (var i = 0; i < 30; i++) balances.SetDay(Friday.AddDays(i), Of(1, version: 1));
        var newest = Friday.AddDays(29);
        Assert.Equal(new Money(1), balances.Spent(Period.Daily, newest.AddDays(-WindowBalances.DaysKept)));
        Assert.Equal(Money.Zero, balances.Spent(Period.Daily, newest.AddDays(-WindowBalances.DaysKept - 1)));
        balances.SetDay(newest.AddDays(-WindowBalances.DaysKept - 1), Of(8, version: 9));
        Assert.Equal(Money.Zero, balances.Spent(Period.Daily, newest.AddDays(-WindowBalances.DaysKept - 1)));
        balances.SetDay(newest.AddDays(200), Of(3, version: 9));
        Assert.Equal(new Money(3), balances.Spent(Period.Daily, newest.AddDays(200)));
        Assert.Equal(Money.Zero, balances.Spent(Period.Daily, newest));
    }

    /// <summary>A record may be booked on tomorrow's date; today and yesterday must still see their whole week.</summary>
    [Fact]
    public void Days_OfTheWeekOfTwoDaysAgo_AreKeptWhenTomorrowIsKnown()
    {
        for (var today = Friday; today < Friday.AddDays(7); today = today.AddDays(1))
        {
            var balances = new WindowBalances();
            for (var date = today.AddDays(-20); date <= today.AddDays(1); date = date.AddDays(1)) balances.SetDay(date, Of(1, version: 1));
            var monday = Window.Containing(Period.Weekly, today.AddDays(-2));
            Assert.Equal(Math.Min(7, today.AddDays(1).DayNumber - monday.DayNumber + 1), balances.Spent(Period.Weekly, monday).Nanos);
        }
    }

    [Fact]
    public void Held_OfSeveralDates_IsCountedInTheirWindows()
    {
        var balances = new WindowBalances();
        balances.ChangeHeld(new DateOnly(2026, 11, 29), Money.Zero, new Money(1));
        balances.ChangeHeld(new DateOnly(2026, 11, 30), Money.Zero, new Money(2));
        balances.ChangeHeld(new DateOnly(2026, 12, 1), Money.Zero, new Money(4));
        Assert.Equal(new Money(6), balances.Held(Period.Weekly, new DateOnly(2026, 11, 30)));
        Assert.Equal(new Money(3), balances.Held(Period.Monthly, November));
        Assert.Equal(new Money(7), balances.Held(Period.Total, DateOnly.MinValue));
        balances.ChangeHeld(new DateOnly(2026, 11, 30), new Money(2), Money.Zero);
        Assert.Equal(new Money(4), balances.Held(Period.Weekly, new DateOnly(2026, 11, 30)));
        Assert.Equal(new Money(5), balances.HeldTotal);
        Assert.Equal(1, balances.Holds(Period.Weekly, new DateOnly(2026, 11, 30)));
        Assert.Equal(2, balances.Holds(Period.Total, DateOnly.MinValue));
        Assert.Null(balances.Fault());
    }

    [Fact]
    public void Held_BelowZero_IsAFaultEvenWhereTheTotalIsNot()
    {
        var balances = new WindowBalances();
        balances.ChangeHeld(Friday, Money.Zero, new Money(5));
        balances.ChangeHeld(Friday.AddDays(1), new Money(1), Money.Zero);
        Assert.Equal("held of 2026-11-21 is negative", balances.Fault());
    }

    private static Balance Of(long spent, long version) => new(new Money(spent), 1, version);
}
