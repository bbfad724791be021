using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.TestKit.Engine;

/// <summary>The engine as its own process, as it is run: it can be killed, stopped and started again on the same port and store.</summary>
public sealed class EngineProcess : IAsyncDisposable
{
    /// <summary>Where others than this machine could reach it there is no open mode.</summary>
    private const string AdminKey = "admin-key-of-an-engine-in-a-network-of-its-own";

    private readonly string[] _arguments;
    private readonly NetworkHost? _host;
    private readonly string? _key;
    private Process _process;
    private ConcurrentQueue<string> _output;
    private bool _disposed;

    private EngineProcess(int port, string[] arguments, NetworkHost? host)
    {
        _host = host;
        _key = host is null ? null : AdminKey;
        var url = $"http://{host?.Address ?? IPAddress.Loopback}:{port}";
        Address = new Uri(url);
        // Last, since the arguments may begin with a verb.
        _arguments = [.. arguments, "--urls", url, .. host is null ? (string[])[] : [$"--BUDGET_ADMIN_KEY={AdminKey}", "--AutoCreateTenants=true"]];
        (_process, _output) = Launch();
        Caller = new Caller(Address, _key);
    }

    /// <summary>BUDGET_ENGINE: what is published and compiled ahead, as in the image; else what the tests were built with.</summary>
    public static string Program { get; } = System.Environment.GetEnvironmentVariable("BUDGET_ENGINE") ?? Path.Combine(AppContext.BaseDirectory, "BudgetEngine.Silo.dll");

    public Uri Address { get; }

    /// <summary>A client without connections of an earlier life of the process.</summary>
    public Caller Caller { get; private set; }

    public int Id => _process.Id;

    /// <summary>What it has written so far.</summary>
    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    /// <summary>Once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Variables that only the engine sees, from its next start on.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <param name="options">Further configuration, <c>--Section:Key=value</c>.</param>
    public static Task<EngineProcess> StartAsync(Store store, params string[] options) => StartAsync([.. store.Arguments, .. options]);

    /// <param name="arguments">The command line but for <c>--urls</c>.</param>
    /// <param name="host">Where in a network of the test it runs; null: as any other process of this machine.</param>
    public static async Task<EngineProcess> StartAsync(string[] arguments, NetworkHost? host = null)
    {
        var engine = new EngineProcess(FreePort.Next(), arguments, host);
        await engine.WhenReadyAsync();
        return engine;
    }

    /// <summary>A client by way of something that stands in front of engines.</summary>
    /// <param name="isOpen">They are on loopback, where nobody needs a key.</param>
    public static Caller CallerThrough(Uri address, HttpMessageHandler front, bool isOpen) => new(address, isOpen ? null : AdminKey, front);

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>As <c>kill</c>: the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (kill(_process.Id, SigTerm) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>After a kill or a stop: the same command line again.</summary>
    public async Task RestartAsync()
    {
        Relaunch();
        await WhenReadyAsync();
    }

    /// <summary>The same without waiting until it is ready.</summary>
    public void Relaunch()
    {
        if (!_process.HasExited) throw new InvalidOperationException("The process is still there.");
        _process.Dispose();
        Caller.Dispose();
        (_process, _output) = Launch();
        Caller = new Caller(Address, _key);
    }

    /// <summary>After a kill or a stop: starts it and kills it again after so long, ready or not.</summary>
    public async Task StartAndKillAsync(TimeSpan after)
    {
        Relaunch();
        await Task.Delay(after, TimeProvider.System);
        await KillAsync();
    }

    /// <summary>Runs a command line that is expected to end by itself.</summary>
    public static async Task<EndedRun> RunAsync(string[] arguments, string? adminKey = null)
    {
        var start = StartOf(arguments);
        if (adminKey is not null) start.Environment["BUDGET_ADMIN_KEY"] = adminKey;
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"Awaited for 60 s in vain: the end of '{string.Join(' ', arguments)}'. It wrote: {await output} {await errors}");
        }

        return new EndedRun(process.ExitCode, await output, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        // A start that failed has disposed of it already, and says why.
        if (_disposed) return;
        _disposed = true;
        Caller.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private async Task WhenReadyAsync()
    {
        try
        {
            await Eventually.HoldsAsync("the engine is ready", IsReadyAsync, ReadyWithin);
        }
        catch (Exception failed)
        {
            var output = Output;
            await DisposeAsync();
            throw new InvalidOperationException($"The engine did not start: {failed.Message}\n{output}", failed);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited) throw new InvalidOperationException($"It ended with {_process.ExitCode}.");
        try
        {
            return (await Caller.GetAsync("/health/ready")).Status == 200;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private (Process Process, ConcurrentQueue<string> Output) Launch()
    {
        var output = new ConcurrentQueue<string>();
        var process = new Process { StartInfo = StartOf(_arguments, _host) };
        foreach (var (name, value) in Environment) process.StartInfo.Environment[name] = value;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, output);

        void Keep(string? line)
        {
            if (line is not null) output.Enqueue(line);
        }
    }

    private static ProcessStartInfo StartOf(string[] arguments, NetworkHost? host = null)
    {
        // A signal that ends a process which writes a file beyond its limit is turned off, so that the write fails instead: see the disk that is full.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", "trap '' XFSZ; exec \"$@\"", "sh", .. host?.Command ?? [], "dotnet", Program, .. arguments]) start.ArgumentList.Add(argument);
        start.Environment["Keys__Open"] = "true";
        start.Environment.Remove("BUDGET_ADMIN_KEY");
        return start;
    }

    private const int SigTerm = 15;

    /// <summary>Seconds. A start takes two on a machine with nothing else to do; tests share theirs with builds and each other.</summary>
    private const int ReadyWithin = 90;

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
