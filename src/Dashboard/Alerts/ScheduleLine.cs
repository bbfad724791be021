using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>A schedule, and when it sends.</summary>
public sealed record ScheduleLine(StoredSchedule Stored, string TimeZone)
{
    public Schedule Schedule => Stored.Schedule;

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary><c>Weekly on Monday, 08:00</c>.</summary>
    public string When => Schedule.Period switch
    {
        Period.Daily => $"Daily, {Schedule.Hour:00}:00",
        Period.Weekly => $"Weekly on {Schedule.Weekday}, {Schedule.Hour:00}:00",
        _ => $"Monthly on the first, {Schedule.Hour:00}:00",
    };
}
