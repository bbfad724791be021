using System.Globalization;

namespace BudgetEngine.Dashboard.Wording;

/// <summary>Instants in words: relative up to seven days, then a date. In the zone of the tenant.</summary>
internal static class TimeWords
{
    private static readonly TimeSpan Relative = TimeSpan.FromDays(7);

    public static string Ago(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var passed = now - at;
        if (passed < TimeSpan.FromSeconds(5)) return "just now";
        if (passed >= Relative) return Date(at, now, zone);
        return Span(passed) + " ago";
    }

    public static string Until(DateTimeOffset at, DateTimeOffset now) => at <= now ? "now" : "in " + Span(at - now);

    /// <summary>When a limit is reached: <c>today 15:20</c>, <c>Sat 21 Nov</c>.</summary>
    public static string Day(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        if (local.Date == TimeZoneInfo.ConvertTime(now, zone).Date) return local.ToString("'today' HH:mm", CultureInfo.InvariantCulture);
        return local.ToString("ddd d MMM", CultureInfo.InvariantCulture);
    }

    public static string LongDay(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        if (local.Date == TimeZoneInfo.ConvertTime(now, zone).Date) return local.ToString("'today at' HH:mm", CultureInfo.InvariantCulture);
        return local.ToString("'on' dddd d MMMM", CultureInfo.InvariantCulture);
    }

    public static string Exact(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture) + zone.Id;

    public static string Clock(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    public static string Date(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return local.ToString(local.Year == now.Year ? "d MMM" : "d MMM yyyy", CultureInfo.InvariantCulture);
    }

    /// <summary>One unit, rounded down: <c>12 min</c>, <c>9 h</c>, <c>11 days</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalSeconds} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} days"),
    };
}
