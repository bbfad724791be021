using System.Collections.Immutable;

namespace BudgetEngine.Domain.Windows;

/// <summary>From <paramref name="From"/> on a tenant's dates are those of this zone; <paramref name="FirstDate"/> begins at that instant.</summary>
public sealed record ZoneChange(DateTimeOffset From, DateOnly FirstDate, string Zone);

/// <summary>
/// The local dates of a tenant, over its history of zones. Days tile time and dates only grow, over a change of zone too: the first date
/// of a new zone begins where the old zone's day ended, and ends at the first start, in the new zone, of a later date after that instant.
/// </summary>
public sealed class TenantCalendar : IEquatable<TenantCalendar>
{
    public static readonly TenantCalendar Utc = Of("UTC");

    private readonly ZoneSpan[] _spans;

    /// <summary>Throws when the history is empty or not ascending, or a zone is not known to this machine.</summary>
    public TenantCalendar(ImmutableArray<ZoneChange> history)
    {
        if (history.IsDefaultOrEmpty) throw new ArgumentException("A calendar needs a zone.", nameof(history));
        History = history;
        _spans = new ZoneSpan[history.Length];
        for (var i = 0; i < history.Length; i++)
        {
            if (i > 1 && (history[i].From <= history[i - 1].From || history[i].FirstDate <= history[i - 1].FirstDate))
            {
                throw new ArgumentException("The history of zones is not ascending.", nameof(history));
            }

            _spans[i] = i == 0 ? ZoneSpan.FromTheBeginning(history[0].Zone) : ZoneSpan.After(history[i]);
        }
    }

    /// <summary>Ascending; the first stands from the beginning of time, whatever its instant.</summary>
    public ImmutableArray<ZoneChange> History { get; }

    /// <summary>The zone as last set. It is in force from the end of the day on which it was set: <see cref="ZoneAt"/>.</summary>
    public string CurrentZone => History[^1].Zone;

    /// <summary>The calendar of a tenant that has had one zone only.</summary>
    public static TenantCalendar Of(string zone) => new([new ZoneChange(DateTimeOffset.MinValue, DateOnly.MinValue, zone)]);

    /// <inheritdoc cref="ZoneNames.IsKnown"/>
    public static bool IsKnownZone(string? id) => ZoneNames.IsKnown(id);

    public DateOnly DateOf(DateTimeOffset instant)
    {
        ref readonly var span = ref _spans[IndexAt(instant)];
        return instant < span.PlainFrom ? span.FirstDate : span.Zone.DateOf(instant);
    }

    /// <summary>The zone in force at an instant.</summary>
    public string ZoneAt(DateTimeOffset instant) => History[IndexAt(instant)].Zone;

    /// <summary>The earliest instant of a date; null when the tenant's calendar skips it.</summary>
    public DateTimeOffset? StartOf(DateOnly date)
    {
        var start = FirstInstantOnOrAfter(date);
        return DateOf(start) == date ? start : null;
    }

    /// <summary>The instant at which a window starts; of one without any existing date, that at which the next one starts.</summary>
    public DateTimeOffset StartOfWindow(Period period, DateOnly window) =>
        period == Period.Total ? DateTimeOffset.MinValue : FirstInstantOnOrAfter(window);

    /// <summary>The instant at which a window ends, which is no more in it; null for total, and at the end of the calendar.</summary>
    public DateTimeOffset? EndOf(Period period, DateOnly window) =>
        Window.DateAfter(period, window) is { } next ? FirstInstantOnOrAfter(next) : null;

    /// <summary>
    /// This calendar with a new zone from the end of the current day on. It replaces a change that is still to come; setting the zone
    /// that is in force takes such a change back. A zone that is not known throws: ask <see cref="IsKnownZone"/> first.
    /// </summary>
    public TenantCalendar WithZone(string zone, DateTimeOffset now)
    {
        var kept = IndexAt(now) + 1;
        var settled = kept == History.Length ? this : new TenantCalendar(History[..kept]);
        if (settled.CurrentZone == zone) return settled;
        var today = settled.DateOf(now);
        if (settled.EndOf(Period.Daily, today) is not { } end) return settled;

        // The date after today, even if the old zone would have skipped it: from here on the old zone has no say.
        return new TenantCalendar(settled.History.Add(new ZoneChange(end, today.AddDays(1), zone)));
    }

    public bool Equals(TenantCalendar? other) => other is not null && History.AsSpan().SequenceEqual(other.History.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as TenantCalendar);

    public override int GetHashCode() => HashCode.Combine(History.Length, History[^1]);

    /// <summary>The earliest instant whose date is this one or a later one.</summary>
    private DateTimeOffset FirstInstantOnOrAfter(DateOnly date)
    {
        var i = _spans.Length - 1;
        while (i > 0 && date < _spans[i].FirstDate) i--;
        ref readonly var span = ref _spans[i];
        if (date == span.FirstDate) return span.From;
        var start = span.Zone.FirstInstantOnOrAfter(date);
        return start < span.PlainFrom ? span.PlainFrom : start;
    }

    private int IndexAt(DateTimeOffset instant)
    {
        var i = _spans.Length - 1;
        while (i > 0 && instant < _spans[i].From) i--;
        return i;
    }

    /// <summary>
    /// One zone's part of the history: <see cref="FirstDate"/> is <c>[From, PlainFrom)</c>, from there on dates are the zone's own.
    /// </summary>
    private readonly record struct ZoneSpan(DateTimeOffset From, DateOnly FirstDate, DateTimeOffset PlainFrom, ZoneCalendar Zone)
    {
        public static ZoneSpan FromTheBeginning(string zone) =>
            new(DateTimeOffset.MinValue, DateOnly.MinValue, DateTimeOffset.MinValue, ZoneCalendar.Of(zone));

        public static ZoneSpan After(ZoneChange change)
        {
            var zone = ZoneCalendar.Of(change.Zone);

            // A date after the zone's own at that instant starts after it; only one later than the first date may end the first date.
            var own = zone.DateOf(change.From);
            var last = own > change.FirstDate ? own : change.FirstDate;
            var plain = last < DateOnly.MaxValue ? zone.FirstInstantOnOrAfter(last.AddDays(1)) : DateTimeOffset.MaxValue;
            return new ZoneSpan(change.From, change.FirstDate, plain, zone);
        }
    }
}
