using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class ScheduleTests
{
    private static readonly TenantCalendar Saigon = TenantCalendar.Of("Asia/Ho_Chi_Minh");

    private static readonly TenantCalendar Berlin = TenantCalendar.Of("Europe/Berlin");

    [Theory]
    // 22 November 2026 is a Sunday; Saigon is seven hours ahead of UTC.
    [InlineData(Period.Daily, "2026-11-22T00:59:59Z", "2026-11-22T01:00:00Z")]
    [InlineData(Period.Daily, "2026-11-22T01:00:00Z", "2026-11-23T01:00:00Z")]
    [InlineData(Period.Weekly, "2026-11-22T12:00:00Z", "2026-11-23T01:00:00Z")]
    [InlineData(Period.Weekly, "2026-11-23T01:00:00Z", "2026-11-30T01:00:00Z")]
    [InlineData(Period.Monthly, "2026-11-01T01:00:00Z", "2026-12-01T01:00:00Z")]
    [InlineData(Period.Monthly, "2026-12-31T23:59:00Z", "2027-01-01T01:00:00Z")]
    public void NextSummary_IsAtTheHourOfTheTenant_OnTheNextDayOfThePeriod(Period period, string now, string next) =>
        Assert.Equal(DateTimeOffset.Parse(next), Of(period).NextAt(Saigon, DateTimeOffset.Parse(now)));

    [Theory]
    [InlineData(Period.Daily, "2026-11-22T00:59:59Z", "2026-11-21")]
    [InlineData(Period.Daily, "2026-11-22T01:00:00Z", "2026-11-22")]
    [InlineData(Period.Weekly, "2026-12-14T00:00:00Z", "2026-12-07")]
    [InlineData(Period.Monthly, "2026-12-31T23:59:00Z", "2026-12-01")]
    public void LatestSummary_OfManyThatWereMissed_IsTheLastOne(Period period, string now, string day) =>
        Assert.Equal(DateOnly.Parse(day), Of(period).LastDay(Saigon, DateTimeOffset.Parse(now)));

    [Fact]
    public void HourThatTheClockSkips_IsTheFirstInstantAfterIt_AndOneThatItHasTwiceTheFirst()
    {
        var schedule = Of(Period.Daily) with { Hour = 2 };

        // 28 March 2027: 2 o'clock is 3 o'clock. 25 October 2026: 2 o'clock is twice.
        Assert.Equal(DateTimeOffset.Parse("2027-03-28T01:00:00Z"), schedule.NextAt(Berlin, DateTimeOffset.Parse("2027-03-28T00:30:00Z")));
        Assert.Equal(DateTimeOffset.Parse("2026-10-25T00:00:00Z"), schedule.NextAt(Berlin, DateTimeOffset.Parse("2026-10-24T12:00:00Z")));
        Assert.Equal(DateTimeOffset.Parse("2026-10-26T01:00:00Z"), schedule.NextAt(Berlin, DateTimeOffset.Parse("2026-10-25T00:00:00Z")));
    }

    [Theory]
    [InlineData(Period.Daily, "2026-11-21")]
    [InlineData(Period.Weekly, "2026-11-15")]
    [InlineData(Period.Monthly, "2026-11-01")]
    public void TimeThatIsTold_EndsBeforeTheDay(Period period, string from) => Assert.Equal(DateOnly.Parse(from), SpendSummary.StartOf(period, new DateOnly(2026, 11, 22)));

    [Fact]
    public void Channels_ThatTellOfLess_OrMakeIncidents_AreSentNothing()
    {
        var schedule = Of(Period.Weekly);

        Assert.True(schedule.GoesTo(ChannelOf("acme")));
        Assert.True(schedule.GoesTo(ChannelOf(null)));
        Assert.False(schedule.GoesTo(ChannelOf("acme/eng/search")));
        Assert.False(schedule.GoesTo(ChannelOf("acme") with { Name = "another" }));
        Assert.False(schedule.GoesTo(ChannelOf("acme") with { Type = ChannelType.PagerDuty }));
        Assert.False(schedule.GoesTo(ChannelOf("acme") with { Disabled = new ChannelDisabled("410", DateTimeOffset.UnixEpoch) }));
        Assert.False((schedule with { CostCenter = null }).GoesTo(ChannelOf("acme")));
    }

    [Fact]
    public void Summary_GoesToNoChannelByItself() =>
        Assert.False(ChannelOf(null).Takes(new Alert("id", AlertType.SpendSummary, "acme/eng", null, DateTimeOffset.UnixEpoch)));

    private static Schedule Of(Period period) => new("weekly", "acme/eng", ["ops"], period, DayOfWeek.Monday, 8);

    private static Channel ChannelOf(string? under) => new("ops", under, ChannelType.Slack, [], [], new ChannelTarget(), null);
}
