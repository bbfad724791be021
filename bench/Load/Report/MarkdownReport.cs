using System.Globalization;
using BudgetEngine.Load.Dashboards;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Report;

/// <summary>The results for people: what was wanted, then every table, with the plots between them.</summary>
internal sealed class MarkdownReport(TextWriter to, LoadOptions options, Results results)
{
    private const double Megabyte = 1_000_000;

    private readonly MarkdownTable _table = new(to);

    /// <param name="plots">Title and file of each, in order.</param>
    public void Write(Machine machine, Faults faults, IReadOnlyList<(string Title, string File)> plots)
    {
        to.WriteLine("# Benchmarks");
        to.WriteLine();
        to.WriteLine($"`{options.CommandLine}`, {machine.Date}, commit {machine.Commit}.");
        to.WriteLine($"{machine.Cores} cores ({machine.Processor}), shared by servers, databases and the load generator; {machine.System}; {machine.Dotnet}.");
        to.WriteLine();
        to.WriteLine(
            $"Rounds: {options.Runs}, windows of {options.Length.TotalSeconds:0.##} s after {options.WarmUp.TotalSeconds:0.##} s of warm-up, a server's first of a kind {options.Prime.TotalSeconds:0.##} s.{(options.IsQuick ? " **A quick run: to see that everything works, no figures to rely on.**" : "")}");
        to.WriteLine();
        Include(options.NotesFile);
        foreach (var skipped in results.Skipped) to.WriteLine($"- Not measured: {skipped}");
        if (results.Skipped.Count > 0) to.WriteLine();
        WriteFaults(faults);
        WriteWanted([.. Wanted.Of(results, options)]);
        foreach (var (title, file) in plots) to.WriteLine($"![{title}]({file}){Environment.NewLine}");
        foreach (var match in results.Matches) new MatchTable(to).Write(match);
        WriteOpen();
        WriteAllocations();
        WriteMemory();
        new ProcessTables(_table, results).Write();
        WriteStarts();
        WriteDashboards();
        Include(options.MicroFile);
        WriteAudit();
        Include(options.MethodFile);
    }

    private void Include(string? file)
    {
        if (file is not null) to.WriteLine(File.ReadAllText(file).Trim() + Environment.NewLine);
    }

    private void WriteFaults(Faults faults)
    {
        if (faults.Count == 0) return;
        to.WriteLine($"**{faults.Count} unexpected answers; the run has failed.** The first:");
        foreach (var sample in faults.Samples) to.WriteLine($"- {sample}");
        to.WriteLine();
    }

    private void WriteWanted(Wanted[] all)
    {
        if (all.Length == 0) return;
        _table.Head("What was wanted", "of", "wanted", "bound", "measured (min-max)", "");
        foreach (var wanted in all)
        {
            _table.Row(wanted.Contestant, wanted.What, $"{(wanted.AtLeast ? ">=" : "<=")} {wanted.Bound:0.##}", wanted.Measured.Text(wanted.Bound >= 100 ? "N0" : "0.00"), wanted.IsMet ? "met" : "**missed**");
        }

        to.WriteLine();
    }

    private void WriteOpen()
    {
        if (results.Open.Count == 0) return;
        _table.Head(
            "Open loop: check + release at fixed rates; latencies of checks", "of the maximal rate", "requests/s due", "contestant", "p50 ms", "p90 ms", "p99 ms (min-max)", "p99.9 ms", "not sent",
            "waited for a connection, at most");
        foreach (var load in results.Open)
        {
            var times = load.Latencies;
            _table.Row(
                load.Share.ToString("P0", CultureInfo.InvariantCulture), $"{load.Rate:N0}", load.Contestant, $"{times.P50Ms:0.00}", $"{load.P90Ms:0.00}",
                load.P99.Text("0.00"), $"{times.P999Ms:0.00}", $"{load.NotSent}", $"{load.MostWaiting:N0}");
        }

        to.WriteLine();
        to.WriteLine($"Latency counts from the instant at which a request was due, evenly spread, over {options.Connections} connections; echo gets as many requests a second.");
        to.WriteLine();
    }

    private void WriteAllocations()
    {
        if (results.Allocations.Count == 0) return;
        _table.Head("Allocation", "store", "load", "bytes per request", "echo's", "the engine's own", "of a whole check, pair or post");
        foreach (var a in results.Allocations) _table.Row(a.Store, a.Load, $"{a.BytesPerRequest:N0}", $"{a.BytesOfEcho:N0}", $"{a.BytesPerRequest - a.BytesOfEcho:N0}", $"{a.BytesAboveEcho:N0}");
        to.WriteLine();
    }

    private void WriteMemory()
    {
        if (results.Memory.Count == 0) return;
        _table.Head(
            "Memory of resident cost centers", "contestant", "cost centers", "RSS before, MB", "RSS with them, MB", "after a full collection, MB", "bytes per cost center",
            "brought in per second");
        foreach (var m in results.Memory)
        {
            _table.Row(
                m.Contestant, $"{m.CostCenters:N0}", $"{m.EmptyBytes / Megabyte:N0}", $"{m.ResidentBytes / Megabyte:N0}", $"{m.CollectedBytes / Megabyte:N0}",
                $"{m.BytesPerCostCenter:N0}", $"{m.PerSecond:N0}");
        }

        to.WriteLine();
    }

    private void WriteStarts()
    {
        if (results.Starts.Count == 0) return;
        _table.Head(
            "First answers", "store", "start of the process to the first allowed check, ms", "rows behind a cold cost center", "its first check, ms",
            "first check of one with a single row, ms", $"p99 of {Sizes.ColdLeaves:N0} such, {Sizes.ColdCallers} callers, ms");
        foreach (var s in results.Starts) _table.Row(s.Store, s.ProcessMs.Text("N0"), $"{s.Rows:N0}", s.ColdMs.Text("0.00"), s.NearlyEmptyMs.Text("0.00"), s.ManyColdP99Ms.Text("0.00"));
        to.WriteLine();
    }

    private void WriteDashboards()
    {
        if (results.Dashboards.Count == 0) return;
        _table.Head($"{DashboardProbe.Count} open dashboards", "store", "dashboards", "check + release, requests/s", "of alone", "engine, µs per request", "of alone", "cores of engine, generator, others");
        foreach (var d in results.Dashboards)
        {
            foreach (var load in d.Loads)
            {
                var (alone, cores) = (d.Loads[0], load.Cores);
                _table.Row(d.Store, load.Contestant, $"{load.RequestsPerSecond:N0}", load.Over(alone).Text("0.000"), $"{load.ServerMicrosPerRequest:0.0}",
                    $"{load.ServerMicrosPerRequest / alone.ServerMicrosPerRequest:0.000}", $"{cores.Server:0.00}, {cores.Generator:0.00}, {cores.Others:0.00}");
            }

            to.WriteLine();
            to.WriteLine($"{d.PagesPerSecond:0.0} pages/s and {d.EventKilobytesPerSecond:N0} KB/s of events where pages are loaded.");
        }

        to.WriteLine();
    }

    private void WriteAudit()
    {
        if (results.Audit.Count == 0) return;
        _table.Head("Books after the loads", "contestant", "records acknowledged", "spent", "held", "records kept", "");
        foreach (var line in results.Audit)
        {
            var kept = line.Totals.Records is { } records ? $"{records:N0}" : Contestants.IsEngine(line.Contestant) ? "not counted" : "none are kept";
            _table.Row(line.Contestant, $"{line.Acknowledged:N0}", $"{line.Totals.Spent / 1e9:N5}", $"{line.Totals.Held / 1e9:N5}", kept, line.IsExact ? "exact" : "**wrong**");
        }

        to.WriteLine();
    }
}
