using BudgetEngine.Domain.Windows;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Windows;

/// <summary>Random zones, changed at random instants: days tile time over every change.</summary>
public sealed class TenantCalendarProperties(ITestOutputHelper output)
{
    [Fact]
    public void Calendar_WithRandomChangesOfZone_TilesTimeAndItsDatesGrow()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < 600; run++)
        {
            var calendar = TenantCalendar.Of(AnyZone(random));
            var now = AnyInstant(random);
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                var changed = calendar.WithZone(AnyZone(random), now);
                AssertPastIsKept(calendar, changed, now);
                calendar = changed;
                now += TimeSpan.FromMinutes(random.Next(4) * random.Next(3 * 24 * 60));
            }

            foreach (var entry in calendar.History.Skip(1)) AssertTiles(calendar, entry.FirstDate.AddDays(-4), entry.FirstDate.AddDays(5));
            for (var i = 1; i < calendar.History.Length; i++) AssertAsSpecified(calendar, i);
        }
    }

    [Theory]
    [InlineData(Period.Daily)]
    [InlineData(Period.Weekly)]
    [InlineData(Period.Monthly)]
    public void Windows_OfCalendarsWithChanges_EndWhereTheNextBegins(Period period)
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < 100; run++)
        {
            var now = AnyInstant(random);
            var calendar = TenantCalendar.Of(AnyZone(random)).WithZone(AnyZone(random), now);
            var window = Window.Containing(period, calendar.DateOf(now.AddDays(-40)));
            for (var i = 0; i < 60; i++)
            {
                var start = calendar.StartOfWindow(period, window);
                var end = calendar.EndOf(period, window)!.Value;
                var next = Window.DateAfter(period, window)!.Value;
                Assert.Equal(end, calendar.StartOfWindow(period, next));
                Assert.True(start <= end);
                if (start < end)
                {
                    Assert.Equal(window, Window.Containing(period, calendar.DateOf(start)));
                    Assert.Equal(window, Window.Containing(period, calendar.DateOf(end.AddTicks(-1))));
                }

                window = next;
            }
        }
    }

    [Fact]
    public void Calendar_OfAnyZoneAndChange_NeverThrowsAtTheEdgesOfTime()
    {
        DateTimeOffset[] edges =
        [
            DateTimeOffset.MinValue, DateTimeOffset.MinValue.AddTicks(1), DateTimeOffset.MinValue.AddHours(20), DateTimeOffset.MaxValue,
            DateTimeOffset.MaxValue.AddHours(-20), DateTimeOffset.MaxValue.AddDays(-3), new(1, 1, 1, 0, 0, 0, TimeSpan.Zero),
        ];
        foreach (var from in Zones.Unusual)
        {
            foreach (var edge in edges)
            {
                var calendar = TenantCalendar.Of(from).WithZone("Pacific/Kiritimati", edge).WithZone("Etc/GMT+12", edge);
                foreach (var at in edges)
                {
                    var date = calendar.DateOf(at);
                    foreach (var period in Window.Periods)
                    {
                        var window = Window.Containing(period, date);
                        Assert.True(calendar.StartOfWindow(period, window) <= at);
                        Assert.True(calendar.EndOf(period, window) is not { } end || end > at);
                    }
                }
            }
        }
    }

    private static void AssertPastIsKept(TenantCalendar before, TenantCalendar after, DateTimeOffset now)
    {
        for (var at = now.AddDays(-5); at <= now; at += TimeSpan.FromHours(1)) Assert.Equal(before.DateOf(at), after.DateOf(at));
        Assert.Equal(before.DateOf(now), after.DateOf(now));
    }

    private static void AssertTiles(TenantCalendar calendar, DateOnly first, DateOnly last)
    {
        var previous = calendar.StartOfWindow(Period.Daily, first);
        var previousDate = calendar.DateOf(previous.AddTicks(-1));
        for (var date = first; date <= last; date = date.AddDays(1))
        {
            var end = calendar.EndOf(Period.Daily, date)!.Value;
            if (calendar.StartOf(date) is not { } start)
            {
                Assert.Equal(previous, end);
                continue;
            }

            Assert.Equal(previous, start);
            Assert.Equal(previousDate, calendar.DateOf(start.AddTicks(-1)));
            for (var at = start; at < end; at += TimeSpan.FromMinutes(15)) Assert.Equal(date, calendar.DateOf(at));
            Assert.Equal(date, calendar.DateOf(end.AddMilliseconds(-1)));
            Assert.Equal(date, calendar.DateOf(end.AddTicks(-1)));
            (previous, previousDate) = (end, date);
        }
    }

    /// <summary>The words of the specification, minute by minute: the next date begins there, and ends at the first start of a later date.</summary>
    private static void AssertAsSpecified(TenantCalendar calendar, int index)
    {
        var change = calendar.History[index];
        var zone = ZoneCalendar.Of(change.Zone);
        var until = index + 1 < calendar.History.Length ? calendar.History[index + 1].From : change.From.AddDays(4);
        Assert.Equal(change.FirstDate, calendar.DateOf(change.From));
        Assert.Equal(change.FirstDate.AddDays(-1), calendar.DateOf(change.From.AddTicks(-1)));
        for (var at = change.From; at < until && at < change.From.AddDays(4); at = at.AddMinutes(1))
        {
            var own = zone.DateOf(at);
            var expected = zone.StartOf(own) <= change.From || own < change.FirstDate ? change.FirstDate : own;
            if (calendar.DateOf(at) != expected) Assert.Fail($"{string.Join(" | ", calendar.History)}: {at:O} is not in {expected:O}");
        }
    }

    private static string AnyZone(Random random) =>
        random.Next(2) == 0 ? Zones.Unusual[random.Next(Zones.Unusual.Length)] : Zones.All[random.Next(Zones.All.Length)];

    private static DateTimeOffset AnyInstant(Random random) => random.Next(4) == 0
        ? Zones.Instant("2011-12-27T00:00Z").AddMinutes(random.Next(5 * 24 * 60))
        : Zones.Instant(Zones.First).AddMinutes(random.Next(37 * 365 * 24 * 60));
}
