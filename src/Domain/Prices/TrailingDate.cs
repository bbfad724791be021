using System.Globalization;

namespace BudgetEngine.Domain.Prices;

/// <summary>The date at the end of a model's name: <c>-20250219</c>, <c>-2025-02-19</c> or <c>@20250219</c>.</summary>
internal static class TrailingDate
{
    private const string Compact = "yyyyMMdd";
    private const string Dashed = "yyyy-MM-dd";

    /// <summary>The name without its date; the whole name when it has none, or is nothing else.</summary>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> model)
    {
        if (EndsWith(model, '-', Compact) || EndsWith(model, '@', Compact)) return model[..^(Compact.Length + 1)];
        return EndsWith(model, '-', Dashed) ? model[..^(Dashed.Length + 1)] : model;
    }

    private static bool EndsWith(ReadOnlySpan<char> model, char separator, string format)
    {
        // A real date is asked for, so that a number of eight digits that means something else stays part of the name.
        var start = model.Length - format.Length;
        return start > 1 && model[start - 1] == separator
            && DateOnly.TryParseExact(model[start..], format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date.Year is >= 2000 and < 2100;
    }
}
