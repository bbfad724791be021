using System.Globalization;

namespace BudgetEngine.Simulation.Runner;

/// <summary>The runner behind <c>simulate.sh</c>. Ends with 1 on a violation, an unreached "sometimes" of a long series, or a planted bug that was not found.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (RunnerOptions.Parse(args) is not { } options)
        {
            Console.Error.WriteLine(RunnerOptions.Usage);
            return 2;
        }

        if (options.Planted) return RunPlanted(options);
        return options.Seed is { } seed ? RunOne(seed, options.Trace) : RunSeries(options);
    }

    public static string ReplayOf(ulong seed) => $"./simulate.sh --seed {seed} --trace";

    private static int RunOne(ulong seed, bool trace)
    {
        var result = Run.Of(seed, logs: true, trace ? Console.WriteLine : null);
        foreach (var line in result.Log) Console.WriteLine(line);
        Console.WriteLine(result.Plan);
        Console.WriteLine($"seed {seed}: {result.Steps} steps, {result.Rows} rows, trace {result.TraceHash:x16}");
        Console.WriteLine(result.Violation is null ? "no violation" : $"VIOLATION {result.Violation}");
        return result.Violation is null ? 0 : 1;
    }

    private static int RunSeries(RunnerOptions options)
    {
        var series = new Series(options.From, options.Seeds, options.For, options.Threads)
        {
            Progress = options.UntilViolation ? null : Console.WriteLine, StopsAtViolation = options.UntilViolation,
        };
        series.Run();
        if (options.UntilViolation)
        {
            if (series.Violations is not [var first, ..]) return 0;
            Console.WriteLine($"{first.Seed - options.From + 1}\t{first.Violation!.Split('\n')[0]}");
            return 1;
        }

        Console.WriteLine(series.Summary);
        if (options.Traces is { } file) File.WriteAllLines(file, series.Traces.Select(t => $"{t.Key} {t.Value:x16}"));
        foreach (var violation in series.Violations.Take(20))
        {
            Console.WriteLine($"VIOLATION seed {violation.Seed}: {violation.Violation}");
            Console.WriteLine($"  replay: {ReplayOf(violation.Seed)}");
        }

        if (series.Unreached is { Count: > 0 } unreached) Console.WriteLine($"never reached: {string.Join(", ", unreached)}{(series.IsLong ? ": the run is void" : " (a short run)")}");
        return series.Violations.Count > 0 || (series.IsLong && series.Unreached.Count > 0) ? 1 : 0;
    }

    private static int RunPlanted(RunnerOptions options)
    {
        var root = Environment.GetEnvironmentVariable("SIMULATION_ROOT") ?? Environment.CurrentDirectory;
        var missed = 0;
        var runs = new PlantedRuns(root, Path.Combine(root, "artifacts/planted"), options.Seeds ?? 20_000, options.Threads);
        Console.WriteLine("| bug | what it breaks | seeds | found as |\n|---|---|--:|---|");
        foreach (var (bug, seeds, found) in runs.Run(options.Names))
        {
            if (seeds is null) missed++;
            Console.WriteLine($"| {bug.Name} | {bug.Breaks} | {seeds?.ToString(CultureInfo.InvariantCulture) ?? "-"} | {(found.Length > 110 ? found[..110] : found)} |");
        }

        Console.WriteLine(missed == 0 ? "All planted bugs were found." : $"{missed} planted bugs were NOT found.");
        return missed == 0 ? 0 : 1;
    }
}
