using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Http;

/// <summary>Named lengths and the characters of texts that are stored.</summary>
internal static class TextRules
{
    public const int MaxRequestId = LongRequestId.MaxStored;

    /// <summary>What an id of a request may arrive with; beyond <see cref="MaxRequestId"/> it is stored with a hash in place of its end.</summary>
    public const int MaxLongRequestId = 2_000;

    public const int MaxUser = 128;
    public const int MaxModel = PriceBook.MaxNameLength;
    public const int MaxName = 200;
    public const int MaxReason = 500;
    public const int MaxRegion = 64;
    public const int MaxServiceTier = 64;

    /// <summary>Neither control characters nor characters without a shape of their own that could hide in a log.</summary>
    public static bool IsPrintable(string text)
    {
        foreach (var c in text)
        {
            if (c is >= ' ' and < '\x7f') continue;
            if (c < ' ' || c == '\x7f' || char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069')) return false;
        }

        return true;
    }

    /// <summary>Null when the text may be used as a name of at most so many characters; else what is wrong.</summary>
    public static string? FaultOf(string? text, int maxLength)
    {
        if (string.IsNullOrEmpty(text)) return "must not be empty";
        if (text.Length > maxLength) return $"must have at most {maxLength} characters";
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return "must not have a lone surrogate";
        }

        return IsPrintable(text) ? null : "must have only printable characters";
    }
}
