using System.Globalization;

namespace BudgetEngine.Alerts.Text;

/// <summary>Instants as people of a tenant read them: in their zone, which is named.</summary>
internal sealed class InstantWords
{
    private readonly TimeZoneInfo _zone;

    public InstantWords(string zone) => _zone = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : TimeZoneInfo.Utc;

    /// <summary><c>1 Dec 2026 00:00 Asia/Ho_Chi_Minh (UTC+07:00)</c>.</summary>
    public string Format(DateTimeOffset instant) => Format(instant, "d MMM yyyy HH:mm");

    /// <summary><c>1 Dec 2026 00:00:59 UTC</c>.</summary>
    public string FormatToTheSecond(DateTimeOffset instant) => Format(instant, "d MMM yyyy HH:mm:ss");

    private string Format(DateTimeOffset instant, string pattern)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _zone);
        var date = local.ToString(pattern, CultureInfo.InvariantCulture);
        if (_zone.Id is "UTC" or "Etc/UTC") return $"{date} UTC";
        var sign = local.Offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{date} {_zone.Id} (UTC{sign}{local.Offset:hh\\:mm})");
    }
}
