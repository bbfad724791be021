using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BudgetEngine.Silo.Configuration;

/// <summary>
/// Durations as people write them in settings: <c>150ms</c>, <c>5s</c>, <c>10m</c>, <c>2h</c>, <c>90d</c>, several in a row (<c>1h30m</c>), or <c>[d.]hh:mm:ss</c>. A bare number is refused: to some it is
/// seconds, to .NET it is days.
/// </summary>
public static class Durations
{
    /// <summary>What a fault says a duration is.</summary>
    public const string Examples = "it is a time such as 150ms, 5s, 10m, 2h, 90d or 00:00:10";

    private static readonly (string Name, long Ticks)[] _units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    private static readonly Lazy<bool> _known = new(() =>
    {
        TypeDescriptor.AddAttributes(typeof(TimeSpan), new TypeConverterAttribute(typeof(Converter)));
        return true;
    });

    /// <summary>From now on the configuration binder, and ranges of options, read durations this way.</summary>
    public static void MakeKnown() => _ = _known.Value;

    public static bool TryParse(string? text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        if (rest.Contains(':')) return TimeSpan.TryParse(rest, CultureInfo.InvariantCulture, out time);
        if (rest.IsEmpty) return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAny("0123456789.") is var next && next < 0 ? rest.Length : next;
            if (TicksOf(rest[..letters]) is not { } unit || number > TimeSpan.MaxValue.Ticks / unit) return false;
            var ticks = (long)(number * unit);
            if (ticks > TimeSpan.MaxValue.Ticks - time.Ticks) return false;
            time += new TimeSpan(ticks);
            rest = rest[letters..];
        }

        return true;
    }

    private static long? TicksOf(ReadOnlySpan<char> unit)
    {
        foreach (var (name, ticks) in _units)
        {
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase)) return ticks;
        }

        return null;
    }

    /// <summary>What is configured, and a range's ends, as a duration.</summary>
    [SuppressMessage("Performance", "CA1812", Justification = "The type descriptor makes it.")]
    private sealed class Converter : TimeSpanConverter
    {
        public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => value is not string text
            ? base.ConvertFrom(context, culture, value)
            : TryParse(text, out var time) ? time : throw new FormatException($"'{text}' is no duration; {Examples}.");
    }
}
