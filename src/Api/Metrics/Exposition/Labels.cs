using System.Globalization;
using System.Text;

namespace BudgetEngine.Api.Metrics.Exposition;

/// <summary>Names and labels as Prometheus wants them.</summary>
internal static class Labels
{
    /// <summary>The labels of a series without braces, sorted by name, so that the same ones in another order are the same series.</summary>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var sorted = tags.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var text = new StringBuilder();
        foreach (var (name, value) in sorted)
        {
            if (text.Length > 0) text.Append(',');
            AppendName(text, name);
            text.Append("=\"");
            AppendValue(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            text.Append('"');
        }

        return text.ToString();
    }

    /// <summary>OpenTelemetry's rules: base unit in the name, <c>_total</c> on counters, no unit for annotations in braces.</summary>
    public static string MetricName(string instrument, string? unit, bool counter, bool gauge)
    {
        var name = new StringBuilder();
        AppendName(name, instrument);
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when gauge => "_ratio",
            _ => "",
        };
        if (suffix.Length > 0 && !EndsWith(name, suffix)) name.Append(suffix);
        if (counter && !EndsWith(name, "_total")) name.Append("_total");
        return name.ToString();
    }

    private static bool EndsWith(StringBuilder text, string suffix) =>
        text.Length >= suffix.Length && text.ToString(text.Length - suffix.Length, suffix.Length) == suffix;

    private static void AppendName(StringBuilder text, string name)
    {
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
    }

    private static void AppendValue(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }
    }
}
