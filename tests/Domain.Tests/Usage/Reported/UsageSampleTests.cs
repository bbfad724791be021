using System.Globalization;
using System.Text;
using System.Text.Json;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Usage.Reported;
using BudgetEngine.Domain.Wording;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Usage.Reported;

/// <summary>Samples of real answers, which stay in the shared folder, against the table beside them: every count, and what they cost by a rule written down once more here.</summary>
public sealed class UsageSampleTests(ITestOutputHelper output)
{
    private const string Table = "usage-samples/expected.csv";

    private static readonly string[] _tokenColumns =
    [
        "input_tokens", "cached_input_tokens", "cache_write_tokens", "cache_write_1h_tokens", "output_tokens", "reasoning_tokens", "audio_input_tokens", "cached_audio_input_tokens",
        "image_input_tokens", "video_input_tokens", "audio_output_tokens", "image_output_tokens", "video_output_tokens",
    ];

    [SharedFileFact(Table)]
    public void Samples_OfEveryProvider_AreCountedAsExpected()
    {
        var lines = File.ReadAllLines(Repository.SharedFile(Table)!);
        var names = Cells(lines[0]);
        var faults = new List<string>();
        foreach (var line in lines.Skip(1).Where(l => l.Length > 0))
        {
            var row = names.Zip(Cells(line)).ToDictionary(c => c.First, c => c.Second);
            var usage = Described.Read(File.ReadAllText(Repository.SharedFile($"usage-samples/{row["file"]}")!));
            output.WriteLine($"{row["file"]}: {Described.Line(usage)}");
            faults.AddRange(Faults(row, usage).Select(f => $"{row["file"]}: {f}"));
        }

        Assert.True(lines.Length > 25, "The table has not been read.");
        Assert.Empty(faults);
    }

    private static IEnumerable<string> Faults(Dictionary<string, string> row, ReportedUsage usage)
    {
        if (usage.Fault is not null) return [usage.Fault];
        var faults = new List<string>();
        var counts = usage.Counts!;
        foreach (var (name, count) in _tokenColumns.Zip(Counts(counts))) Expect(name, row[name], count.ToString(CultureInfo.InvariantCulture));
        Expect("service_tier", row["service_tier"], usage.ServiceTier ?? "");
        Expect("region", row["region"], usage.Region ?? "");
        Expect("units", row["units"], "{" + string.Join(", ", counts.Units.Select(u => string.Create(CultureInfo.InvariantCulture, $"\"{u.Unit}\": {u.Count}"))) + "}");
        foreach (var flag in row["flags"].Split(' ', StringSplitOptions.RemoveEmptyEntries)) Expect(flag, "True", usage.Flags.HasFlag(Words.Flags.Parse(flag)!).ToString());
        Expect("cost", row["cost"], PlainCost.Of(JsonDocument.Parse(row["price"]).RootElement, counts, usage.ServiceTier).ToString("0.#########", CultureInfo.InvariantCulture));
        return faults;

        void Expect(string name, string expected, string found)
        {
            if (expected != found) faults.Add($"{name} is {found} instead of {expected}");
        }
    }

    private static long[] Counts(UsageCounts c) =>
    [
        c.Input ?? 0, c.CachedInput ?? 0, c.CacheWrite ?? 0, c.CacheWrite1h ?? 0, c.Output ?? 0, c.Reasoning ?? 0, c.AudioInput ?? 0, c.CachedAudioInput ?? 0,
        c.ImageInput ?? 0, c.VideoInput ?? 0, c.AudioOutput ?? 0, c.ImageOutput ?? 0, c.VideoOutput ?? 0,
    ];

    /// <summary>The cells of a line; a quote within quotes is doubled.</summary>
    private static List<string> Cells(string line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[++i]);
            else if (line[i] == '"') quoted = !quoted;
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(line[i]);
        }

        return [.. cells, cell.ToString()];
    }
}

/// <summary>What counts cost, slowly and plainly: each disjoint part at the first price that its meter has. Enough for the samples.</summary>
internal static class PlainCost
{
    public static decimal Of(JsonElement price, UsageCounts c, string? tier)
    {
        decimal? Rate(string meter)
        {
            if (tier is not null && price.TryGetProperty("service_tiers", out var tiers) && tiers.TryGetProperty(tier, out var own) && own.TryGetProperty(meter, out var rate)) return rate.GetDecimal();
            return price.TryGetProperty(meter, out var plain) ? plain.GetDecimal() : null;
        }

        decimal Input(string meter) => Rate(meter) ?? Rate("input") ?? 0;
        decimal Output(string meter) => Rate(meter) ?? Rate("output") ?? 0;
        long Told(long? count) => count ?? 0;
        var cached = Told(c.CachedInput) - Told(c.CachedAudioInput);
        var audio = Told(c.AudioInput) - Told(c.CachedAudioInput);
        var text = Told(c.Input) - Told(c.CachedInput) - Told(c.CacheWrite) - Told(c.CacheWrite1h) - audio - Told(c.ImageInput) - Told(c.VideoInput);
        var words = Told(c.Output) - Told(c.Reasoning) - Told(c.AudioOutput) - Told(c.ImageOutput) - Told(c.VideoOutput);
        var tokens = text * Input("input") + cached * Input("cached_input") + Told(c.CachedAudioInput) * (Rate("cached_audio_input") ?? Input("cached_input"))
            + Told(c.CacheWrite) * Input("cache_write") + Told(c.CacheWrite1h) * (Rate("cache_write_1h") ?? Input("cache_write")) + audio * Input("audio_input")
            + Told(c.ImageInput) * Input("image_input") + Told(c.VideoInput) * Input("video_input") + words * Output("output") + Told(c.Reasoning) * Output("reasoning")
            + Told(c.AudioOutput) * Output("audio_output") + Told(c.ImageOutput) * Output("image_output") + Told(c.VideoOutput) * Output("video_output");
        return decimal.Round(tokens / 1_000_000 + c.Units.Sum(u => u.Count * (Rate(u.Unit) ?? 0)), 9, MidpointRounding.ToEven);
    }
}
