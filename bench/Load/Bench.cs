using System.Runtime.InteropServices;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Report;
using BudgetEngine.Load.Report.Plots;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load;

/// <summary>One run from command line to report. 0: every answer was as it should be; 1: not; 2: the command line is wrong.</summary>
internal static class Bench
{
    private const string ReportFile = "benchmarks.md";
    private const string PlotFolder = "benchmarks";

    public static async Task<int> RunAsync(string[] args)
    {
        LoadOptions options;
        try
        {
            options = LoadOptions.Parse(args);
        }
        catch (ArgumentException fault)
        {
            await Console.Error.WriteLineAsync($"bench: {fault.Message}{Environment.NewLine}{LoadOptions.Usage}");
            return 2;
        }

        Connection.UsePollingThread();
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await MeasureAsync(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("bench: stopped");
            return 1;
        }
        catch (Exception fault)
        {
            await Console.Error.WriteLineAsync($"bench: failed: {fault}");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            // Servers are ended and folders deleted on the way out.
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> MeasureAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var faults = new Faults();
        Results results;
        using (var workspace = new Workspace())
        {
            results = await new Suite(options, workspace, faults).RunAsync(cancellationToken);
        }

        await WriteAsync(options, results, faults);
        return faults.Count == 0 ? 0 : 1;
    }

    private static async Task WriteAsync(LoadOptions options, Results results, Faults faults)
    {
        var machine = Machine.Of(options);
        var plots = new List<(string Title, string File)>();
        if (options.OutFolder is { } folder)
        {
            var pictures = Directory.CreateDirectory(Path.Combine(folder, PlotFolder)).FullName;
            foreach (var (title, file, svg) in new ReportPlots(results, options).All())
            {
                await File.WriteAllTextAsync(Path.Combine(pictures, file), svg, CancellationToken.None);
                plots.Add((title, $"{PlotFolder}/{file}"));
            }
        }

        using var text = new StringWriter();
        new MarkdownReport(text, options, results).Write(machine, faults, plots);
        Console.Write(text);
        if (options.OutFolder is { } to) await File.WriteAllTextAsync(Path.Combine(to, ReportFile), text.ToString().TrimEnd() + "\n", CancellationToken.None);
        if (options.JsonFile is { } jsonFile) await File.WriteAllTextAsync(jsonFile, JsonReport.Of(machine, options, results, faults) + "\n", CancellationToken.None);
    }
}
