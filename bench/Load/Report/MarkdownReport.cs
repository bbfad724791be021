namespace BudgetEngine.Load;

/// <summary>The results for people.</summary>
internal sealed class MarkdownReport(TextWriter to, LoadOptions options)
{
    private const double Megabyte = 1_000_000;

    public void Write(Machine machine, Results results, Faults faults)
    {
        to.WriteLine($"# Load: {machine.Date}, commit {machine.Commit}, {machine.Runtime} runtime");
        to.WriteLine();
        to.WriteLine($"{machine.Cores} cores ({machine.Processor}), shared by server and load generator; {machine.System}; {machine.Dotnet}.");
        to.WriteLine($"{options.Runs} windows of {options.Length.TotalSeconds:0.#} s after {options.WarmUp.TotalSeconds:0.#} s of warm-up; closed loops on keep-alive connections.");
        to.WriteLine("Uniform: 1,000 leaves of depth 3; hot: one of them. Stores with fsync. Latencies as the generator sees them.");
        foreach (var skipped in results.Skipped) to.WriteLine($"Skipped: {skipped}");
        to.WriteLine();
        if (results.Loads.Count > 0) WriteLoads(results.Loads);
        if (results.BareInserts.Count > 0) WriteInserts(results);
        if (results.Memory.Count > 0) WriteMemory(results.Memory);
        WriteWanted([.. Wanted.Of(results)]);
        if (faults.Count == 0) return;
        to.WriteLine($"**{faults.Count} unexpected answers; the run has failed.** The first:");
        foreach (var sample in faults.Samples) to.WriteLine($"- {sample}");
        to.WriteLine();
    }

    private void WriteLoads(IReadOnlyList<LoadFigures> loads)
    {
        to.WriteLine(
            "| store | load | leaves | connections | per second (min-max) | requests/s | p50 ms | p99 ms | p99.9 ms | of echo | echo before, after "
            + "| server us/request | echo's | cores: server, generator, others |");
        to.WriteLine("|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var load in loads)
        {
            var echo = load.Echo is var (before, after) ? $"{before.Median:N0}, {after.Median:N0}" : "";
            to.WriteLine(
                $"| {load.Store} | {load.Name} | {Word(load.Leaves)} | {load.Connections} | {Rate(load.Rates)} | {load.RequestsPerSecond:N0} | {Times(load.Whole)} | {load.OfEcho:0.00} | {echo} "
                + $"| {load.ServerMicrosPerRequest:0.0} | {load.EchoMicrosPerRequest:0.0} | {load.Cores.Server:0.00}, {load.Cores.Generator:0.00}, {load.Cores.Others:0.00} |");
            if (load.Steps.Count < 2) continue;
            foreach (var (step, latencies) in load.Steps) to.WriteLine($"| | - its {step} | | | | | {Times(latencies)} | | | | | |");
        }

        to.WriteLine();
    }

    private void WriteInserts(Results results)
    {
        to.WriteLine("| bare `unnest` insert of the same rows (PostgreSQL, one connection) | rows/s (min-max) | engine's batches, rows/s |");
        to.WriteLine("|---|--:|--:|");
        foreach (var (leaves, rates) in results.BareInserts)
        {
            var engine = results.Loads.Find(l => l.Name == LoadCatalog.Batch && l.Store == Workspace.Postgres && l.Leaves == leaves);
            to.WriteLine($"| {Word(leaves)} | {Rate(rates)} | {engine?.RecordsPerSecond:N0} |");
        }

        to.WriteLine();
    }

    private void WriteMemory(IReadOnlyList<MemoryFigures> memory)
    {
        to.WriteLine("| store | cost centers | RSS before, MB | RSS with them, MB | after a full collection, MB | bytes per cost center | brought in per second |");
        to.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
        foreach (var m in memory)
        {
            to.WriteLine(
                $"| {m.Store} | {m.CostCenters:N0} | {m.EmptyBytes / Megabyte:N0} | {m.ResidentBytes / Megabyte:N0} | {m.CollectedBytes / Megabyte:N0} "
                + $"| {m.BytesPerCostCenter:N0} | {m.PerSecond:N0} |");
        }

        to.WriteLine();
    }

    private void WriteWanted(Wanted[] all)
    {
        if (all.Length == 0) return;
        to.WriteLine("| wanted | bound | measured | |");
        to.WriteLine("|---|--:|--:|---|");
        foreach (var wanted in all)
        {
            to.WriteLine($"| {wanted.What} | {(wanted.AtLeast ? ">=" : "<")} {wanted.Bound:0.##} | {wanted.Measured:0.00} | {(wanted.IsMet ? "met" : "**missed**")} |");
        }

        to.WriteLine();
    }

    private static string Word(Leaves leaves) => leaves == Leaves.Hot ? "hot" : "uniform";

    private static string Rate(double[] rates) =>
        rates.Length == 1 ? $"{rates[0]:N0}" : $"{LoadFigures.MedianOf(rates):N0} ({rates.Min():N0}-{rates.Max():N0})";

    private static string Times(Latencies times) => $"{times.P50Ms:0.00} | {times.P99Ms:0.00} | {times.P999Ms:0.00}";
}
