namespace BudgetEngine.Domain.Windows;

/// <summary>
/// Finds where the dates of one zone begin. Only the offset at a UTC instant is ever asked for, which is always well defined;
/// a local time is never converted, so a midnight that is missing or comes twice needs no guess. Ticks are UTC ticks.
/// </summary>
internal sealed class ZoneOffsets(TimeZoneInfo zone)
{
    /// <summary>Stands after the last instant that can be written.</summary>
    public const long AfterLastTick = TimeSpan.TicksPerDay * (9999L * 365 + 9999 / 4 - 9999 / 100 + 9999 / 400);

    /// <summary>More than any zone has ever been away from UTC (the date line moved: Manila, Alaska).</summary>
    private const long LargestOffset = 16 * TimeSpan.TicksPerHour;

    /// <summary>Two changes of offset are never this close; a change there and back in between would not be seen.</summary>
    private const long Step = 30 * TimeSpan.TicksPerMinute;

    /// <summary>
    /// The first tick whose local date is this one or a later one. It never decreases from date to date, so that the days
    /// <c>[first(d), first(d + 1))</c> tile time; a date that the zone skips gets an empty day, an hour that the clock repeats
    /// across midnight stays with the later date.
    /// </summary>
    public long FirstTickOnOrAfter(int dayNumber)
    {
        if (dayNumber <= 0) return 0;
        if (dayNumber > DateOnly.MaxValue.DayNumber) return AfterLastTick;
        var midnight = dayNumber * TimeSpan.TicksPerDay;
        var from = Math.Max(0, midnight - LargestOffset);
        while (true)
        {
            var offset = OffsetAt(from);
            if (from + offset >= midnight) return from;
            var reached = midnight - offset;
            if (FirstChange(from, reached, offset) is not { } change) return reached;
            from = change;
        }
    }

    /// <summary>The first tick in (from, to] whose offset is not the one given, which is that of <paramref name="from"/>.</summary>
    private long? FirstChange(long from, long to, long offset)
    {
        while (from < to)
        {
            var next = Math.Min(from + Step, to);
            if (OffsetAt(next) != offset) return Bisect(from, next, offset);
            from = next;
        }

        return null;
    }

    private long Bisect(long same, long other, long offset)
    {
        while (other - same > 1)
        {
            var middle = same + (other - same) / 2;
            if (OffsetAt(middle) == offset) same = middle;
            else other = middle;
        }

        return other;
    }

    private long OffsetAt(long tick) => zone.GetUtcOffset(new DateTime(tick, DateTimeKind.Utc)).Ticks;
}
