using System.Text;

namespace BudgetEngine.Alerts.Text;

/// <summary>Cuts text to the limit of a field. Never splits a surrogate pair or an escape; what was cut ends with an ellipsis.</summary>
internal static class Cut
{
    private const char Ellipsis = '…';

    public static string Plain(string text, int limit) => Escaped(text, limit, static _ => null);

    /// <param name="text">Not yet escaped.</param>
    /// <param name="limit">Of the escaped text, in UTF-16 units: at least what any of the services counts.</param>
    /// <param name="escape">What stands for a character; null: itself.</param>
    public static string Escaped(string text, int limit, Func<Rune, string?> escape)
    {
        var escaped = new StringBuilder(Math.Min(text.Length, limit) + 16);
        // Where the text ends if an ellipsis must follow.
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            escaped.Append(escape(rune) ?? rune.ToString());
            if (escaped.Length > limit)
            {
                escaped.Length = end;
                return escaped.Append(Ellipsis).ToString();
            }

            if (escaped.Length < limit) end = escaped.Length;
        }

        return escaped.ToString();
    }

    /// <summary>As many of the lines, joined by line feeds, as fit; the last one says how many do not.</summary>
    public static string Lines(IReadOnlyList<string> escapedLines, int limit)
    {
        var text = new StringBuilder();
        for (var i = 0; i < escapedLines.Count; i++)
        {
            var rest = escapedLines.Count - i;
            var needed = escapedLines[i].Length + 1 + (rest > 1 ? MoreLine(rest).Length + 1 : 0);
            if (text.Length + needed > limit)
            {
                var more = MoreLine(rest);
                return text.Length + more.Length <= limit ? text.Append(more).ToString() : text.ToString().TrimEnd('\n');
            }

            text.Append(escapedLines[i]).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string MoreLine(int count) => $"and {count} more";
}
