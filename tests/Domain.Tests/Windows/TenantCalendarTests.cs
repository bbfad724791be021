using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Windows;

public sealed class TenantCalendarTests
{
    [Theory]
    [InlineData(Period.Daily, "2026-11-21", "2026-11-21T00:00Z", "2026-11-22T00:00Z")]
    [InlineData(Period.Weekly, "2026-11-16", "2026-11-16T00:00Z", "2026-11-23T00:00Z")]
    [InlineData(Period.Monthly, "2026-11-01", "2026-11-01T00:00Z", "2026-12-01T00:00Z")]
    [InlineData(Period.Monthly, "2026-12-01", "2026-12-01T00:00Z", "2027-01-01T00:00Z")]
    [InlineData(Period.Monthly, "2024-02-01", "2024-02-01T00:00Z", "2024-03-01T00:00Z")]
    [InlineData(Period.Daily, "2024-02-29", "2024-02-29T00:00Z", "2024-03-01T00:00Z")]
    public void Window_InUtc_StartsAndEndsAtMidnight(Period period, string window, string start, string end)
    {
        Assert.Equal(Zones.Instant(start), TenantCalendar.Utc.StartOfWindow(period, Zones.Date(window)));
        Assert.Equal(Zones.Instant(end), TenantCalendar.Utc.EndOf(period, Zones.Date(window)));
    }

    [Fact]
    public void Window_OfTotal_NeverEnds()
    {
        Assert.Null(TenantCalendar.Utc.EndOf(Period.Total, DateOnly.MinValue));
        Assert.Equal(DateTimeOffset.MinValue, TenantCalendar.Utc.StartOfWindow(Period.Total, DateOnly.MinValue));
    }

    [Fact]
    public void Window_BeforeASkippedDate_EndsAtTheFirstDateThatExists()
    {
        var apia = TenantCalendar.Of("Pacific/Apia");
        Assert.Equal(Zones.Instant("2011-12-30T10:00Z"), apia.EndOf(Period.Daily, new DateOnly(2011, 12, 29)));
        Assert.Equal(Zones.Instant("2011-12-30T10:00Z"), apia.EndOf(Period.Daily, new DateOnly(2011, 12, 30)));
        Assert.Null(apia.StartOf(new DateOnly(2011, 12, 30)));
    }

    [Fact]
    public void Window_WithBothChangesOfTheClock_HasTheLengthOfItsDays()
    {
        var newYork = TenantCalendar.Of("America/New_York");
        Assert.Equal(TimeSpan.FromHours(31 * 24 - 1), Length(newYork, Period.Monthly, "2024-03-01"));
        Assert.Equal(TimeSpan.FromHours(30 * 24 + 1), Length(newYork, Period.Monthly, "2024-11-01"));
        Assert.Equal(TimeSpan.FromHours(7 * 24 - 1), Length(newYork, Period.Weekly, "2024-03-04"));
    }

    [Fact]
    public void Zone_Changed_TakesEffectAtTheEndOfTheDay()
    {
        var now = Zones.Instant("2026-11-21T10:00Z");
        var changed = TenantCalendar.Utc.WithZone("America/New_York", now);

        Assert.Equal("America/New_York", changed.CurrentZone);
        Assert.Equal("UTC", changed.ZoneAt(now));
        Assert.Equal(new ZoneChange(Zones.Instant("2026-11-22T00:00Z"), new DateOnly(2026, 11, 22), "America/New_York"), changed.History[1]);

        // The 22nd begins at once and ends where the 23rd starts in New York: 29 hours.
        Assert.Equal(new DateOnly(2026, 11, 21), changed.DateOf(Zones.Instant("2026-11-21T23:59:59.999Z")));
        Assert.Equal(new DateOnly(2026, 11, 22), changed.DateOf(Zones.Instant("2026-11-22T00:00Z")));
        Assert.Equal(Zones.Instant("2026-11-22T00:00Z"), changed.StartOf(new DateOnly(2026, 11, 22)));
        Assert.Equal(Zones.Instant("2026-11-23T05:00Z"), changed.StartOf(new DateOnly(2026, 11, 23)));
        Assert.Equal(Zones.Instant("2026-11-23T05:00Z"), changed.EndOf(Period.Daily, new DateOnly(2026, 11, 22)));
    }

    [Fact]
    public void Zone_ChangedEastward_MakesTheFirstDateShort()
    {
        var changed = TenantCalendar.Utc.WithZone("Asia/Tokyo", Zones.Instant("2026-11-21T10:00Z"));
        Assert.Equal(Zones.Instant("2026-11-22T00:00Z"), changed.StartOf(new DateOnly(2026, 11, 22)));
        Assert.Equal(Zones.Instant("2026-11-22T15:00Z"), changed.StartOf(new DateOnly(2026, 11, 23)));
    }

    [Fact]
    public void Zone_ChangedAcrossTheDateLine_SkipsTheDateThatHasBegunThere()
    {
        // At 2026-11-22T12:00Z, the end of the 21st at UTC-12, Kiritimati has had the 23rd for two hours.
        var changed = TenantCalendar.Of("Etc/GMT+12").WithZone("Pacific/Kiritimati", Zones.Instant("2026-11-22T00:00Z"));
        Assert.Equal(Zones.Instant("2026-11-22T12:00Z"), changed.StartOf(new DateOnly(2026, 11, 22)));
        Assert.Null(changed.StartOf(new DateOnly(2026, 11, 23)));
        Assert.Equal(Zones.Instant("2026-11-23T10:00Z"), changed.StartOf(new DateOnly(2026, 11, 24)));
        Assert.Equal(Zones.Instant("2026-11-23T10:00Z"), changed.EndOf(Period.Daily, new DateOnly(2026, 11, 22)));
    }

    [Fact]
    public void Zone_ChangedTheOtherWayAcrossTheDateLine_GivesOneLongDate()
    {
        var changed = TenantCalendar.Of("Pacific/Kiritimati").WithZone("Etc/GMT+12", Zones.Instant("2026-11-21T00:00Z"));
        Assert.Equal(Zones.Instant("2026-11-21T10:00Z"), changed.StartOf(new DateOnly(2026, 11, 22)));
        Assert.Equal(Zones.Instant("2026-11-23T12:00Z"), changed.StartOf(new DateOnly(2026, 11, 23)));
    }

    [Fact]
    public void Zone_ChangedBeforeADateThatTheOldOneSkips_HasThatDate()
    {
        var changed = TenantCalendar.Of("Pacific/Apia").WithZone("Asia/Tokyo", Zones.Instant("2011-12-29T12:00Z"));
        Assert.Equal(Zones.Instant("2011-12-30T10:00Z"), changed.StartOf(new DateOnly(2011, 12, 30)));
        Assert.Equal(Zones.Instant("2011-12-30T15:00Z"), changed.StartOf(new DateOnly(2011, 12, 31)));
    }

    [Fact]
    public void Zone_ChangedTwiceOnOneDay_KeepsTheSecond()
    {
        var morning = Zones.Instant("2026-11-21T10:00Z");
        var changed = TenantCalendar.Utc.WithZone("Asia/Tokyo", morning).WithZone("Europe/Berlin", morning.AddHours(3));
        Assert.Equal(TenantCalendar.Utc.WithZone("Europe/Berlin", morning), changed);
        Assert.Equal(2, changed.History.Length);
    }

    [Fact]
    public void Zone_ChangedBackOnTheSameDay_TakesTheChangeBack()
    {
        var morning = Zones.Instant("2026-11-21T10:00Z");
        Assert.Equal(TenantCalendar.Utc, TenantCalendar.Utc.WithZone("Asia/Tokyo", morning).WithZone("UTC", morning.AddHours(3)));
    }

    [Fact]
    public void Zone_SetToTheOneInForce_ChangesNothing() =>
        Assert.Same(TenantCalendar.Utc, TenantCalendar.Utc.WithZone("UTC", Zones.Instant("2026-11-21T10:00Z")));

    [Fact]
    public void Zone_ChangedBackAfterItTookEffect_IsAThirdEntry()
    {
        var changed = TenantCalendar.Utc.WithZone("Asia/Tokyo", Zones.Instant("2026-11-21T10:00Z")).WithZone("UTC", Zones.Instant("2026-11-22T10:00Z"));
        Assert.Equal(["UTC", "Asia/Tokyo", "UTC"], changed.History.Select(h => h.Zone));

        // The 22nd is Tokyo's short first date; the 23rd begins at its end and is UTC's own from then on.
        Assert.Equal(new ZoneChange(Zones.Instant("2026-11-22T15:00Z"), new DateOnly(2026, 11, 23), "UTC"), changed.History[2]);
        Assert.Equal(Zones.Instant("2026-11-24T00:00Z"), changed.StartOf(new DateOnly(2026, 11, 24)));
    }

    [Fact]
    public void Zone_ChangedAtTheEndOfTheCalendar_ChangesNothing() =>
        Assert.Same(TenantCalendar.Utc, TenantCalendar.Utc.WithZone("Asia/Tokyo", DateTimeOffset.MaxValue));

    [Fact]
    public void Calendar_WithoutAZoneOrOutOfOrder_IsRefused()
    {
        var first = TenantCalendar.Utc.History[0];
        var change = new ZoneChange(Zones.Instant("2026-11-22T00:00Z"), new DateOnly(2026, 11, 22), "UTC");
        Assert.Throws<ArgumentException>(() => new TenantCalendar([]));
        Assert.Throws<ArgumentException>(() => new TenantCalendar([first, change, change]));
        Assert.Throws<TimeZoneNotFoundException>(() => TenantCalendar.Of("Eastern Standard Time"));
    }

    private static TimeSpan Length(TenantCalendar calendar, Period period, string window) =>
        calendar.EndOf(period, Zones.Date(window))!.Value - calendar.StartOfWindow(period, Zones.Date(window));
}
