using System.Text.Json;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>A schedule's settings as they are stored, and as the audit trail shows them.</summary>
internal sealed record ScheduleDocument
{
    public string[] Channels { get; init; } = [];

    public string Period { get; init; } = "";

    public string? Weekday { get; init; }

    public int Hour { get; init; }

    public static string ToJson(Schedule s) => JsonSerializer.Serialize(
        new ScheduleDocument
        {
            Channels = [.. s.Channels], Period = Words.Periods.Of(s.Period), Weekday = s.Period == Domain.Windows.Period.Weekly ? Schedule.Weekdays.Of(s.Weekday) : null, Hour = s.Hour,
        },
        AlertsJson.Default.ScheduleDocument);

    public static Schedule Read(string name, string? costCenter, string json)
    {
        var d = JsonSerializer.Deserialize(json, AlertsJson.Default.ScheduleDocument)!;
        var period = Words.Periods.Parse(d.Period) ?? throw new InvalidDataException($"The schedule '{name}' has an unknown period.");
        return new Schedule(name, costCenter, [.. d.Channels], period, Schedule.Weekdays.Parse(d.Weekday) ?? Schedule.DefaultWeekday, d.Hour);
    }
}
