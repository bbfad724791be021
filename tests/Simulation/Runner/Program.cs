namespace BudgetEngine.Simulation;

internal static class Program
{
    private static int Main(string[] args)
    {
        var from = args.Length > 0 ? ulong.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 0;
        var count = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1;
        var trace = args.Length > 2;
        var failed = 0;
        var reached = new HashSet<Sometimes>();
        var steps = 0L;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var kinds = new Dictionary<string, (int, ulong)>();
        for (var i = 0; i < count; i++)
        {
            var result = Run.Of(from + (ulong)i, trace);
            reached.UnionWith(result.Reached);
            steps += result.Steps;
            if (trace) foreach (var line in result.Log) Console.WriteLine(line);
            if (trace) Console.WriteLine(result.Plan);
            if (result.Violation is null) continue;
            failed++;
            var kind = result.Violation.Split(':')[0];
            var known = kinds.GetValueOrDefault(kind);
            kinds[kind] = (known.Item1 + 1, known.Item1 == 0 ? result.Seed : known.Item2);
            if (known.Item1 < 2) Console.WriteLine($"seed {result.Seed}: {(trace ? result.Violation : string.Join('\n', result.Violation.Split('\n').Take(8)))}");
        }

        Console.WriteLine($"{count} seeds, {failed} failed, {steps} steps, {watch.ElapsedMilliseconds / (double)count:0.0} ms each");
        foreach (var (kind, (n, seed)) in kinds.OrderByDescending(k => k.Value.Item1)) Console.WriteLine($"  {n} x {kind} (seed {seed})");
        Console.WriteLine($"not reached: {string.Join(", ", Enum.GetValues<Sometimes>().Except(reached))}");
        return failed == 0 ? 0 : 1;
    }
}
