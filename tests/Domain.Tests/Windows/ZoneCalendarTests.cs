using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Windows;

/// <summary>Days that clocks treat badly, worked out by hand from the zones' laws.</summary>
public sealed class ZoneCalendarTests
{
    public static TheoryData<string, string, string, string> Days => new()
    {
        // Plain days, whole and broken offsets.
        { "UTC", "2026-11-21", "2026-11-21T00:00Z", "2026-11-22T00:00Z" },
        { "Asia/Ho_Chi_Minh", "2026-11-21", "2026-11-20T17:00Z", "2026-11-21T17:00Z" },
        { "Asia/Kathmandu", "2026-11-21", "2026-11-20T18:15Z", "2026-11-21T18:15Z" },
        { "Pacific/Kiritimati", "2024-02-29", "2024-02-28T10:00Z", "2024-02-29T10:00Z" },

        // An hour less and an hour more, at two in the morning; half an hour on Lord Howe.
        { "America/New_York", "2024-03-10", "2024-03-10T05:00Z", "2024-03-11T04:00Z" },
        { "America/New_York", "2024-11-03", "2024-11-03T04:00Z", "2024-11-04T05:00Z" },
        { "Australia/Lord_Howe", "2024-04-07", "2024-04-06T13:00Z", "2024-04-07T13:30Z" },

        // Midnight does not exist: the day starts at one.
        { "America/Sao_Paulo", "2017-10-15", "2017-10-15T03:00Z", "2017-10-16T02:00Z" },
        { "America/Havana", "2017-03-12", "2017-03-12T05:00Z", "2017-03-13T04:00Z" },
        { "Asia/Beirut", "2017-03-26", "2017-03-25T22:00Z", "2017-03-26T21:00Z" },
        { "Africa/Cairo", "2023-04-28", "2023-04-27T22:00Z", "2023-04-28T21:00Z" },

        // Midnight comes twice: the day starts at the first.
        { "America/Havana", "2017-11-05", "2017-11-05T04:00Z", "2017-11-06T05:00Z" },

        // At midnight the clock goes back to 23:00: the hour before comes twice and the day starts after the second.
        { "America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00Z", "2018-02-18T03:00Z" },
        { "Africa/Cairo", "2023-10-26", "2023-10-25T21:00Z", "2023-10-26T22:00Z" },

        // At one minute past midnight it goes back to 23:01: the new day has begun and keeps the hour.
        { "America/St_Johns", "2010-11-07", "2010-11-07T02:30Z", "2010-11-08T03:30Z" },

        // The day before and after the one that Samoa left out.
        { "Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", "2011-12-30T10:00Z" },
        { "Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", "2011-12-31T10:00Z" },
    };

    [Theory]
    [MemberData(nameof(Days))]
    public void Day_InAnyZone_IsFromItsStartToTheNext(string zone, string date, string start, string end)
    {
        var calendar = ZoneCalendar.Of(zone);
        var (day, from, to) = (Zones.Date(date), Zones.Instant(start), Zones.Instant(end));

        Assert.Equal(from, calendar.StartOf(day));
        Assert.Equal(to, calendar.FirstInstantOnOrAfter(day.AddDays(1)));
        foreach (var step in new[] { TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(45) })
        {
            Assert.True(calendar.DateOf(from - step) < day);
            Assert.Equal(day, calendar.DateOf(from + step));
            Assert.Equal(day, calendar.DateOf(to - step));
            Assert.True(calendar.DateOf(to + step) > day);
        }

        Assert.Equal(day, calendar.DateOf(from));
        Assert.True(calendar.DateOf(to) > day);
    }

    [Theory]
    [InlineData("Pacific/Apia", "2011-12-30")]
    [InlineData("Pacific/Fakaofo", "2011-12-30")]
    [InlineData("Pacific/Kwajalein", "1993-08-21")]
    public void Start_OfADateThatTheZoneSkips_IsNull(string zone, string date) => Assert.Null(ZoneCalendar.Of(zone).StartOf(Zones.Date(date)));

    [Fact]
    public void Date_WhenTheClockGoesBackOverMidnight_StaysTheLaterOne()
    {
        var calendar = ZoneCalendar.Of("America/St_Johns");

        // 02:31Z is shown as 23:01 of the 6th, for the second time.
        Assert.Equal(new DateOnly(2010, 11, 6), Zones.ShownDate(Zones.Info("America/St_Johns"), new DateTime(2010, 11, 7, 2, 31, 0, DateTimeKind.Utc)));
        Assert.Equal(new DateOnly(2010, 11, 7), calendar.DateOf(Zones.Instant("2010-11-07T02:31Z")));
    }

    [Fact]
    public void Start_WhenTheClockLeapsOverMidnightAtAnOddInstant_IsThatInstant()
    {
        // No real zone does this since 2000: at 23:17:07.123 the clock goes an hour on, and back from 00:17:07.123 in November.
        var odd = new DateTime(1, 1, 1, 23, 17, 7, 123);
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(odd, 3, 10),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(odd.AddHours(-23), 11, 10));
        var calendar = new ZoneCalendar(TimeZoneInfo.CreateCustomTimeZone("Odd", TimeSpan.Zero, null, null, null, [rule]));

        Assert.Equal(Zones.Instant("2026-03-10T23:17:07.123Z"), calendar.StartOf(new DateOnly(2026, 3, 11)));
        Assert.Equal(new DateOnly(2026, 3, 10), calendar.DateOf(Zones.Instant("2026-03-10T23:17:07.123Z").AddTicks(-1)));
        Assert.Equal(Zones.Instant("2026-11-09T23:00Z"), calendar.StartOf(new DateOnly(2026, 11, 10)));
        Assert.Equal(new DateOnly(2026, 11, 10), calendar.DateOf(Zones.Instant("2026-11-09T23:17:07.123Z")));
    }

    [Fact]
    public void Date_OfAnInstantWithAnyOffset_DependsOnTheInstantOnly()
    {
        var calendar = ZoneCalendar.Of("Asia/Tokyo");
        Assert.Equal(new DateOnly(2026, 1, 2), calendar.DateOf(Zones.Instant("2026-01-01T15:00Z")));
        Assert.Equal(new DateOnly(2026, 1, 2), calendar.DateOf(Zones.Instant("2026-01-01T05:00-10:00")));
    }

    [Fact]
    public void Zone_AskedForTwice_IsTheSameObject() => Assert.Same(ZoneCalendar.Of("Europe/Berlin"), ZoneCalendar.Of("Europe/Berlin"));

    [Fact]
    public void Zone_NotKnown_ThrowsNamingIt() =>
        Assert.Contains("Mars/Olympus", Assert.Throws<TimeZoneNotFoundException>(() => ZoneCalendar.Of("Mars/Olympus")).Message, StringComparison.Ordinal);

    [Fact]
    public void EdgesOfTheCalendar_InEveryZone_AreClampedAndDoNotThrow()
    {
        foreach (var id in Zones.All)
        {
            var calendar = ZoneCalendar.Of(id);
            Assert.Equal(DateTimeOffset.MinValue, calendar.StartOf(DateOnly.MinValue));
            Assert.Equal(DateOnly.MinValue, calendar.DateOf(DateTimeOffset.MinValue));
            Assert.True(calendar.DateOf(DateTimeOffset.MaxValue) >= DateOnly.MaxValue.AddDays(-1));
            Assert.Equal(DateOnly.MaxValue, calendar.DateOf(calendar.StartOf(DateOnly.MaxValue)!.Value));
        }
    }
}
