namespace BudgetEngine.Domain.Windows;

/// <summary>Which names of time zones are accepted.</summary>
public static class ZoneNames
{
    public const int MaxLength = 64;

    /// <summary>
    /// True for an IANA name in its exact spelling that this machine has data for; "UTC" always is one. TimeZoneInfo alone accepts more:
    /// Windows names, other spellings once a zone was loaded, and any file below the folder of zones.
    /// </summary>
    public static bool IsKnown(string? id)
    {
        if (string.IsNullOrEmpty(id) || id.Length > MaxLength || !char.IsAsciiLetterUpper(id[0])) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '_' or '-' or '+')) return false;
        }

        // "Factory" is the database's placeholder for a machine that nobody has set up.
        return id is not "Factory" && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.Id == id && zone.HasIanaId;
    }
}
