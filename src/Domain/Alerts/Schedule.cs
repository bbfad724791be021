using System.Collections.Immutable;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Domain.Alerts;

/// <summary>A summary of spend that is sent to channels once per day, week or month. Days and hours are those of the tenant's zone; of the whole installation, of UTC.</summary>
/// <param name="CostCenter">With all below it; null: the whole installation.</param>
/// <param name="Channels">Names; at least one.</param>
/// <param name="Period">What is told: the day, the seven days or the month that ended before the day on which it is sent.</param>
/// <param name="Weekday">Of a weekly one: when it is sent. A monthly one is sent on the first of a month.</param>
/// <param name="Hour">0 to 23.</param>
public sealed record Schedule(string Name, string? CostCenter, ImmutableArray<string> Channels, Period Period, DayOfWeek Weekday, int Hour)
{
    public const int MaxChannels = 20;
    public const DayOfWeek DefaultWeekday = DayOfWeek.Monday;
    public const int DefaultHour = 8;

    public static readonly SubtreeShares Shares = new(1_000, 200);

    /// <summary>Days between two of a monthly one, at most.</summary>
    private const int LongestPeriod = 31;

    public static readonly WordTable<DayOfWeek> Weekdays = new(
        (DayOfWeek.Monday, "monday"), (DayOfWeek.Tuesday, "tuesday"), (DayOfWeek.Wednesday, "wednesday"), (DayOfWeek.Thursday, "thursday"), (DayOfWeek.Friday, "friday"),
        (DayOfWeek.Saturday, "saturday"), (DayOfWeek.Sunday, "sunday"));

    /// <summary>Whether all that it tells lies in this subtree; null: the whole installation.</summary>
    public bool IsWithin(string? subtree) => subtree is null || (CostCenter is { } costCenter && CostCenterId.IsWithin(costCenter, subtree));

    /// <summary>
    /// Why a channel cannot take it, as the end of a sentence; null: it can. Whoever may change a channel below must not be sent what is spent elsewhere, and a summary wakes nobody.
    /// </summary>
    public string? FaultOf(Channel channel) => channel switch
    {
        { Type: ChannelType.PagerDuty } => "is a PagerDuty channel, which makes incidents; a summary is none",
        { Under: { } under } when CostCenter is null || !CostCenterId.IsWithin(CostCenter, under) => $"only tells of '{under}' and below",
        _ => null,
    };

    /// <summary>Whether a summary goes to a channel as it is now.</summary>
    public bool GoesTo(Channel channel) => channel.Disabled is null && Channels.Contains(channel.Name) && FaultOf(channel) is null;

    /// <summary>The day of the latest summary that is due by now.</summary>
    public DateOnly LastDay(TenantCalendar calendar, DateTimeOffset now)
    {
        for (var day = calendar.DateOf(now); ; day = day.AddDays(-1))
        {
            if (IsDay(day) && At(calendar, day) <= now) return day;
        }
    }

    /// <summary>When the next summary after now is due.</summary>
    public DateTimeOffset NextAt(TenantCalendar calendar, DateTimeOffset now)
    {
        var day = calendar.DateOf(now);
        for (var i = 0; i <= 2 * LongestPeriod; i++, day = day.AddDays(1))
        {
            if (IsDay(day) && At(calendar, day) is var at && at > now) return at;
        }

        throw new InvalidOperationException("A schedule has a day in every month.");
    }

    private bool IsDay(DateOnly day) => Period switch { Period.Daily => true, Period.Weekly => day.DayOfWeek == Weekday, _ => day.Day == 1 };

    /// <summary>An hour that the zone skips on that day is the first instant after the gap; of one that it has twice, the first.</summary>
    private DateTimeOffset At(TenantCalendar calendar, DateOnly day)
    {
        var start = calendar.StartOfWindow(Period.Daily, day);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(calendar.ZoneAt(start));
        var local = day.ToDateTime(new TimeOnly(Hour, 0));
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        var at = new DateTimeOffset(local, offset).ToUniversalTime();
        return at < start ? start : at;
    }
}
