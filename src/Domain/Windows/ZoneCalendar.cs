using System.Collections.Concurrent;
using System.Diagnostics;

namespace BudgetEngine.Domain.Windows;

/// <summary>
/// The local dates of one IANA zone. Day d is <c>[start(d), start(next existing date))</c>. Times before year 1 and after 9999,
/// where a zone's clock would show such, count in the first and the last date. Thread-safe; shared by id in the whole process.
/// </summary>
public sealed class ZoneCalendar
{
    /// <summary>Days kept; more than a year, so that reports and late usage do not search again. A power of two.</summary>
    private const int CachedDays = 512;

    private static readonly ConcurrentDictionary<string, ZoneCalendar> Shared = new(StringComparer.Ordinal);

    private readonly ZoneOffsets _offsets;
    private readonly Day?[] _days = new Day?[CachedDays];

    // Days are immutable and published whole: a reader sees an old day or a new one, never a mixture, and needs no lock.
    private Day _current = new(DateOnly.MinValue, 0, 0);

    internal ZoneCalendar(TimeZoneInfo zone) => _offsets = new ZoneOffsets(zone);

    /// <summary>The calendar of a zone; throws where <see cref="ZoneNames.IsKnown"/> is false, so that the shared set stays bounded.</summary>
    public static ZoneCalendar Of(string zone) => Shared.TryGetValue(zone, out var calendar) ? calendar : Shared.GetOrAdd(zone, Create);

    public DateOnly DateOf(DateTimeOffset instant)
    {
        var tick = instant.UtcTicks;
        var day = Volatile.Read(ref _current);
        if (day.Holds(tick)) return day.Date;
        day = DayAt(tick);
        Volatile.Write(ref _current, day);
        return day.Date;
    }

    /// <summary>The earliest instant whose local date is this one; null when the zone skips it.</summary>
    public DateTimeOffset? StartOf(DateOnly date)
    {
        var day = DayOf(date.DayNumber);
        return day.Start < day.End ? new DateTimeOffset(day.Start, TimeSpan.Zero) : null;
    }

    /// <summary>The earliest instant whose local date is this one or a later one.</summary>
    public DateTimeOffset FirstInstantOnOrAfter(DateOnly date) => new(DayOf(date.DayNumber).Start, TimeSpan.Zero);

    private static ZoneCalendar Create(string zone) => ZoneNames.IsKnown(zone)
        ? new ZoneCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone))
        : throw new TimeZoneNotFoundException($"The time zone '{zone}' is not in this machine's IANA time zone data.");

    private Day DayAt(long tick)
    {
        // No zone is a whole day away from UTC: the local date is that of UTC or one beside it, also after the clock went back.
        var utc = (int)(tick / TimeSpan.TicksPerDay);
        if (DayOf(utc) is var same && same.Holds(tick)) return same;
        if (DayOf(Math.Min(utc + 1, DateOnly.MaxValue.DayNumber)) is var next && next.Holds(tick)) return next;
        if (DayOf(Math.Max(utc - 1, 0)) is var previous && previous.Holds(tick)) return previous;
        throw new UnreachableException($"No day holds the tick {tick}.");
    }

    private Day DayOf(int dayNumber)
    {
        ref var slot = ref _days[dayNumber & (CachedDays - 1)];
        var day = Volatile.Read(ref slot);
        if (day is not null && day.Date.DayNumber == dayNumber) return day;
        day = new Day(DateOnly.FromDayNumber(dayNumber), StartTick(dayNumber), _offsets.FirstTickOnOrAfter(dayNumber + 1));
        Volatile.Write(ref slot, day);
        return day;
    }

    private long StartTick(int dayNumber)
    {
        var before = Volatile.Read(ref _days[(dayNumber - 1) & (CachedDays - 1)]);
        return before is not null && before.Date.DayNumber == dayNumber - 1 ? before.End : _offsets.FirstTickOnOrAfter(dayNumber);
    }

    /// <summary>A date with its ticks, end exclusive; empty when the zone skips it.</summary>
    private sealed record Day(DateOnly Date, long Start, long End)
    {
        public bool Holds(long tick) => Start <= tick && tick < End;
    }
}
