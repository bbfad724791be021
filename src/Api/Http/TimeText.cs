using System.Globalization;

namespace BudgetEngine.Api.Http;

/// <summary>RFC 3339 times. A time without <c>Z</c> or an offset names no instant and is refused.</summary>
internal static class TimeText
{
    public const string Fault = "must be an RFC 3339 time with 'Z' or an offset, such as 2026-11-21T10:00:00Z";

    private const int DateTimeLength = 19;

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < DateTimeLength + 1 || !HasShape(text)) return false;
        int year = Number(text[..4]), month = Number(text.Slice(5, 2)), day = Number(text.Slice(8, 2));
        int hour = Number(text.Slice(11, 2)), minute = Number(text.Slice(14, 2)), second = Number(text.Slice(17, 2));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        var rest = text[DateTimeLength..];
        if (!TryReadFraction(ref rest, out var fraction) || !TryReadOffset(rest, out var offset)) return false;
        var ticks = new DateTime(year, month, day, hour, minute, second).Ticks + fraction - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks) return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    /// <summary>In UTC, to the second: <c>2026-11-21T10:00:00Z</c>.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static bool HasShape(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < DateTimeLength; i++)
        {
            var fits = i switch
            {
                4 or 7 => text[i] == '-',
                10 => text[i] is 'T' or 't' or ' ',
                13 or 16 => text[i] == ':',
                _ => char.IsAsciiDigit(text[i]),
            };
            if (!fits) return false;
        }

        return true;
    }

    /// <summary>Any number of decimals; below 100 ns they are dropped.</summary>
    private static bool TryReadFraction(ref ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        if (rest[0] != '.') return true;
        var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0) return false;
        for (var i = 0; i < 7; i++) ticks = ticks * 10 + (i < digits ? rest[1 + i] - '0' : 0);
        rest = rest[(1 + digits)..];
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (rest is "Z" or "z") return true;
        if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':') return false;
        if (!AreDigits(rest.Slice(1, 2)) || !AreDigits(rest.Slice(4, 2))) return false;
        int hours = Number(rest.Slice(1, 2)), minutes = Number(rest.Slice(4, 2));
        if (hours > 23 || minutes > 59) return false;
        offset = new TimeSpan(hours, minutes, 0);
        if (rest[0] == '-') offset = -offset;
        return true;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = number * 10 + (digit - '0');
        return number;
    }
}
