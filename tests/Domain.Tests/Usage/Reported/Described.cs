using System.Globalization;
using System.Text.Json;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Usage.Reported;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Domain.Tests.Usage.Reported;

/// <summary>What was read, in one line: counts that were told, units, then tier, region, cost, flags and what was ignored, where there are such.</summary>
internal static class Described
{
    public static ReportedUsage Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ReportedUsage.Read(document.RootElement);
    }

    public static string Line(ReportedUsage usage)
    {
        if (usage.Fault is not null) return "fault: " + usage.Fault;
        var counts = usage.Counts!;
        IEnumerable<string> parts =
        [
            .. Tokens(counts).Where(t => t.Count is not null).Select(t => $"{t.Name} {t.Count}"),
            .. counts.Units.Select(u => string.Create(CultureInfo.InvariantCulture, $"{u.Unit} x{u.Count}")),
            .. Named("tier", usage.ServiceTier), .. Named("region", usage.Region), .. Named("cost", usage.Cost?.ToString(CultureInfo.InvariantCulture)),
            .. Enum.GetValues<RowFlags>().Where(f => f != RowFlags.None && usage.Flags.HasFlag(f)).Select(Words.Flags.Of),
            .. usage.Ignored.Select(i => "ignored " + i),
        ];
        return string.Join(", ", parts);
    }

    private static (string Name, long? Count)[] Tokens(UsageCounts c) =>
    [
        ("in", c.Input), ("cached", c.CachedInput), ("write", c.CacheWrite), ("write1h", c.CacheWrite1h), ("audio", c.AudioInput), ("cachedaudio", c.CachedAudioInput),
        ("image", c.ImageInput), ("video", c.VideoInput), ("out", c.Output), ("reasoning", c.Reasoning), ("audioout", c.AudioOutput), ("imageout", c.ImageOutput),
        ("videoout", c.VideoOutput), ("largest", c.LargestCallInput),
    ];

    private static IEnumerable<string> Named(string name, string? value) => value is null ? [] : [$"{name} {value}"];
}
