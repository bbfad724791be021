using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Windows;

/// <summary>The zones of this machine, and a naive look at one, independent of the code under test.</summary>
internal static class Zones
{
    public static readonly DateTime First = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    public static readonly DateTime Last = new(2038, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly Lazy<string[]> Listed = new(List);

    /// <summary>Zones whose dates lie far apart, or that do something unusual.</summary>
    public static readonly string[] Unusual =
    [
        "UTC", "Etc/GMT+12", "Etc/GMT-14", "Pacific/Kiritimati", "Pacific/Apia", "Pacific/Fakaofo", "Pacific/Pago_Pago", "Pacific/Chatham",
        "Asia/Kathmandu", "America/St_Johns", "America/Havana", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Africa/Casablanca",
        "Australia/Lord_Howe", "America/New_York", "Europe/Berlin", "Asia/Ho_Chi_Minh", "Antarctica/Troll", "Asia/Gaza", "America/Asuncion",
    ];

    /// <summary>Every zone that the machine lists. Fails, saying so, where the machine has no time zone data.</summary>
    public static string[] All => Listed.Value;

    /// <summary>One zone for each different course of offsets from 2000 to 2037: the other names add nothing.</summary>
    public static string[] Distinct => All.DistinctBy(Course, StringComparer.Ordinal).ToArray();

    public static TimeZoneInfo Info(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    public static DateTimeOffset Instant(DateTime utc) => new(utc.Ticks, TimeSpan.Zero);

    public static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    public static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What a clock on the wall shows, which may be a date that has been shown before.</summary>
    public static DateOnly ShownDate(TimeZoneInfo zone, DateTime utc) => DateOnly.FromDateTime(utc + zone.GetUtcOffset(utc));

    /// <summary>Hours in which the offset changes, found by looking every six hours.</summary>
    public static IEnumerable<DateTime> Changes(TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(First);
        for (var at = First; at < Last; at = at.AddHours(6))
        {
            var now = zone.GetUtcOffset(at);
            if (now != offset) yield return at;
            offset = now;
        }
    }

    private static string Course(string id)
    {
        var zone = Info(id);
        return zone.GetUtcOffset(First) + string.Join(';', Changes(zone).Select(at => $"{Bracket(zone, at):s} {zone.GetUtcOffset(at)}"));
    }

    private static DateTime Bracket(TimeZoneInfo zone, DateTime changed)
    {
        while (zone.GetUtcOffset(changed.AddMinutes(-1)) == zone.GetUtcOffset(changed)) changed = changed.AddMinutes(-1);
        return changed;
    }

    private static string[] List()
    {
        var zones = TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(ZoneNames.IsKnown).Order(StringComparer.Ordinal).ToArray();
        Assert.True(zones.Length > 100, $"This machine lists {zones.Length} IANA time zones: install the time zone data (package tzdata).");
        return zones;
    }
}
