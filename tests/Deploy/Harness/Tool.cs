using System.Diagnostics;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Deploy.Harness;

/// <summary>A program of the machine: promtool, kubectl, pg_dump.</summary>
internal static class Tool
{
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(60);

    public static Task<EndedRun> RunAsync(string program, params string[] arguments) => RunInAsync(program, null, null, arguments);

    public static async Task<EndedRun> RunInAsync(string program, string? folder, string? input, params string[] arguments)
    {
        using var process = Start(program, folder, arguments);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(_within);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return new EndedRun(process.ExitCode, await output, await errors);
    }

    public static async Task<string> SucceedAsync(string program, params string[] arguments)
    {
        var run = await RunAsync(program, arguments);
        Assert.True(run.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {run.ExitCode}\n{run.Output}{run.Errors}");
        return run.Output;
    }

    /// <summary>Started, with its three streams redirected.</summary>
    public static Process Start(string program, string? folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (folder is not null) start.WorkingDirectory = folder;
        return Process.Start(start)!;
    }
}
