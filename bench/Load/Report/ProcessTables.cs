using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Soak;

namespace BudgetEngine.Load.Report;

/// <summary>The tables of what was seen in the engine's own process.</summary>
internal sealed class ProcessTables(MarkdownTable table, Results results)
{
    private const double Megabyte = 1_000_000;

    public void Write()
    {
        WriteCollector();
        WriteEnded();
        WriteSilos();
        foreach (var soak in results.Soaks) WriteSoak(soak);
    }

    private void WriteCollector()
    {
        if (results.Collector.Count == 0) return;
        table.Head(
            "Stops of the collector", "contestant", "load", "connections", "open all the while", "per second", "p50 ms", "p99 ms", "longest ms", "longest stop, ms", "% of the time stopped",
            "collections a second");
        foreach (var c in results.Collector)
        {
            var times = Merged(c.Load);
            table.Row(
                c.Contestant, c.Load.Load.Name, $"{c.Load.Load.Connections}", $"{c.OpenBefore:N0}", c.Load.Rate.Text("N0"), Ms(times, 0.5), Ms(times, 0.99), Ms(times, 1),
                $"{c.Longest.TotalMilliseconds:0.0}", $"{c.Share * 100:0.00}", $"{c.Collections / c.Pauses.Sum(p => p.Within.TotalSeconds):0.0}");
        }

        table.End();
    }

    private void WriteEnded()
    {
        if (results.Ended.Count == 0) return;
        table.Head("Memory of reservations that are over", "contestant", "settled and remembered", "live MB before", "live MB after", "bytes each");
        foreach (var e in results.Ended) table.Row(e.Contestant, $"{e.Ended:N0}", $"{e.BytesBefore / Megabyte:N1}", $"{e.BytesAfter / Megabyte:N1}", $"{e.BytesEach:N0}");
        table.End();
    }

    private void WriteSilos()
    {
        if (results.Silos.Count == 0) return;
        table.Head(
            "Several silos on the same cores", "contestant", "silos", "check + release, pairs/s", "of a single one's", "p50 ms", "p99 ms", "messages between processes per check",
            "messages a second when idle");
        foreach (var s in results.Silos)
        {
            Row("1", s.One, "", "", "");
            Row($"{s.Silos}", s.Several, s.Several.Over(s.One).Text("0.00"), s.MessagesPerCheck.Text("0.00"), $"{s.IdlePerSecond:N0}");

            void Row(string silos, LoadFigures load, string ratio, string messages, string idle) =>
                table.Row(s.Contestant, silos, load.Rate.Text("N0"), ratio, $"{load.Whole.P50Ms:0.00}", $"{load.Whole.P99Ms:0.00}", messages, idle);
        }

        table.End();
    }

    private void WriteSoak(SoakFigures soak)
    {
        table.Head(
            $"{soak.Length.TotalMinutes:0.##} minutes of check + settle", "contestant", "connections", "per second", "of", "p50 ms", "p90 ms", "p99 ms", "longest ms", "longest stop of the collector, ms",
            "% of the time stopped");
        var window = soak.Load.Windows[0];
        string[] names = ["a pair", .. soak.Load.Load.Steps.Select(s => $"its {s}")];
        for (var i = 0; i < names.Length; i++)
        {
            var times = window.Steps[i];
            string[] whole = i == Meter.Whole
                ? [soak.Contestant, $"{soak.Load.Load.Connections}", $"{window.Rate:N0}"]
                : ["", "", ""];
            string[] stops = i == Meter.Whole ? [$"{soak.Pauses.Longest.TotalMilliseconds:0.0}", $"{soak.Pauses.Share * 100:0.00}"] : ["", ""];
            table.Row([.. whole, names[i], Ms(times, 0.5), Ms(times, 0.9), Ms(times, 0.99), Ms(times, 1), .. stops]);
        }

        table.End();
        table.Head("Its memory", "after", "resident MB");
        foreach (var memory in soak.Memory) table.Row($"{memory.At:mm\\:ss}", $"{memory.ResidentBytes / Megabyte:N0}");
        table.End();
    }

    private static Histogram Merged(LoadFigures load)
    {
        var merged = new Histogram();
        foreach (var window in load.Windows) merged.Add(window.Steps[Meter.Whole]);
        return merged;
    }

    private static string Ms(Histogram times, double share) => $"{times.Percentile(share).TotalMilliseconds:0.00}";
}
