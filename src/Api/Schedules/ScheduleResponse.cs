using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Api.Schedules;

/// <summary>A schedule, and when it sends.</summary>
public sealed record ScheduleResponse(
    string Name, [property: Description("null: the installation")] string? CostCenter, IReadOnlyList<string> Channels, Period Period,
    [property: AllowedValues("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", null), Description("null: not weekly")] string? Weekday,
    [property: Range(0, 23), Description("Of time_zone.")] int Hour, string TimeZone, DateTimeOffset NextAt, [property: Description("null: none yet")] DateTimeOffset? LastAt)
{
    internal static ScheduleResponse Of(StoredSchedule stored, string zone)
    {
        var s = stored.Schedule;
        return new(s.Name, s.CostCenter, s.Channels, s.Period, s.Period == Period.Weekly ? Schedule.Weekdays.Of(s.Weekday) : null, s.Hour, zone, stored.NextAt, stored.LastAt);
    }
}
