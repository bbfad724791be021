using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BudgetEngine.Micro.Benchmarks;

namespace BudgetEngine.Micro;

/// <summary>Runs the micro-benchmarks and prints one Markdown table for each class. The long log goes to a folder.</summary>
internal static class MicroRun
{
    private static readonly Type[] _benchmarks = [typeof(DecisionBenchmarks), typeof(ReservationIdBenchmarks), typeof(RatingBenchmarks), typeof(JsonBenchmarks), typeof(GrainCallBenchmarks)];

    /// <param name="args">The folder.</param>
    public static int Run(string[] args)
    {
        var folder = args.Length == 1 ? args[0] : throw new ArgumentException("usage: BudgetEngine.Micro.dll FOLDER");
        Directory.CreateDirectory(folder);
        using var log = new StreamLogger(Path.Combine(folder, "micro.log"));
        // In this process: a project of its own for each benchmark would meet the repository's build files.
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Statistics, DefaultColumnProviders.Metrics)
            .AddLogger(log)
            .WithArtifactsPath(folder)
            .WithOptions(ConfigOptions.DisableOptimizationsValidator);
        var complete = true;
        foreach (var type in _benchmarks)
        {
            var summary = BenchmarkRunner.Run(type, config);
            complete &= !summary.HasCriticalValidationErrors && summary.Reports.Length > 0 && summary.Reports.All(r => r.Success);
            Print(type, summary);
        }

        return complete ? 0 : 1;
    }

    private static void Print(Type type, Summary summary)
    {
        var table = new AccumulationLogger();
        MarkdownExporter.GitHub.ExportToLog(summary, table);
        // Above the table stands the machine in a code block, which the report names itself.
        var rows = table.GetLog().Split('\n').Select(line => line.TrimEnd()).Where(line => line.StartsWith('|'));
        Console.WriteLine($"### {type.Name[..^"Benchmarks".Length]}");
        Console.WriteLine();
        Console.WriteLine(string.Join(Environment.NewLine, rows));
        Console.WriteLine();
    }
}
