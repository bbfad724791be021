using System.Globalization;
using System.Text;

namespace BudgetEngine.Alerts.Text;

/// <summary>
/// Values from outside, made fit to stand in a sentence: one line, no control characters, nothing that turns the direction of the words around it.
/// </summary>
internal static class OutsideText
{
    /// <summary>The longest value in a text for people.</summary>
    public const int MaxValue = 200;

    private const char Invisible = '\u200B';

    /// <summary>Cleaned and cut to <paramref name="limit"/> characters; never splits a surrogate pair.</summary>
    public static string Clean(string? value, int limit = MaxValue)
    {
        if (string.IsNullOrEmpty(value)) return "";
        var text = new StringBuilder(Math.Min(value.Length, limit));
        foreach (var rune in value.EnumerateRunes())
        {
            // A lone surrogate comes as U+FFFD.
            if (IsSpace(rune)) text.Append(' ');
            else if (!IsUnwanted(rune)) text.Append(rune.ToString());
            if (text.Length > limit) break;
        }

        return Cut.Plain(text.ToString().Trim(), limit);
    }

    /// <summary>
    /// For chat systems: breaks what they read as a mention (<c>@here</c>) or as a link (<c>https://</c>) by a character that nobody sees. An address
    /// (<c>a@b</c>) stays as it is.
    /// </summary>
    public static string Tame(string text)
    {
        text = text.Replace("://", $":{Invisible}//", StringComparison.Ordinal);
        if (!text.Contains('@')) return text;
        var broken = new StringBuilder(text.Length + 4);
        for (var i = 0; i < text.Length; i++)
        {
            broken.Append(text[i]);
            if (text[i] == '@' && (i == 0 || !char.IsLetterOrDigit(text[i - 1]))) broken.Append(Invisible);
        }

        return broken.ToString();
    }

    private static bool IsSpace(Rune rune) => rune.Value is '\n' or '\r' or '\t' or '\v' or '\f' or 0x85 or 0x2028 or 0x2029 || Rune.IsWhiteSpace(rune);

    private static bool IsUnwanted(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control
        // Marks, embeddings, overrides and isolates of direction; the byte order mark; tags.
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF or (>= 0xE0000 and <= 0xE007F)
        || rune.Value == 0x200B;
}
