using System.Globalization;

namespace BudgetEngine.Api.Events;

/// <summary>The id of an event: which process gave it, when, and its number there.</summary>
internal readonly record struct LiveEventId(string Process, DateTimeOffset At, long Number)
{
    private const int MaxLength = 64;

    /// <summary>Null for a text that no process of ours gave; a listener with such an id begins with what comes next.</summary>
    public static LiveEventId? Parse(string? text)
    {
        if (text is null || text.Length > MaxLength || text.Split('-') is not [{ Length: > 0 } process, var at, var number]) return null;
        if (!long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return null;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)) return null;
        return new LiveEventId(process, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), n);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Process}-{At.ToUnixTimeMilliseconds()}-{Number}");
}
