using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using BudgetEngine.Load.Http;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Load.Servers;

/// <summary>A server in a process of its own, on a free loopback port.</summary>
internal sealed class ChildServer : IAsyncDisposable
{
    private static readonly WireRequest Ready = WireRequest.Of("GET", "/health/ready");

    private readonly Process _process;
    private readonly Queue<string> _output = new();
    private long _recorded;

    private ChildServer(ProcessStartInfo start, int port)
    {
        Port = port;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public int ProcessId => _process.Id;

    /// <summary>Usage records that it has acknowledged to the loads.</summary>
    public long Recorded => Interlocked.Read(ref _recorded);

    public void AddRecorded(long records) => Interlocked.Add(ref _recorded, records);

    /// <summary>Starts an assembly and waits until it is ready.</summary>
    /// <param name="assembly">In this program's folder, unless it is a whole path.</param>
    /// <param name="arguments">Made for the port.</param>
    public static async Task<ChildServer> StartAsync(
        string assembly, Func<string, string[]> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var port = FreePort.Next();
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, assembly));
        foreach (var argument in arguments(port.ToString(CultureInfo.InvariantCulture))) start.ArgumentList.Add(argument);
        // Each program has the collector that its own runtime configuration says.
        start.Environment.Remove("DOTNET_gcServer");
        start.Environment["BUDGET_ADMIN_KEY"] = WireRequest.Key;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        start.Environment.Remove(Connection.PollingVariable);
        var server = new ChildServer(start, port);
        try
        {
            await server.WaitReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Sizes.StopTimeout, TimeProvider.System, cancellationToken);
    }

    /// <summary>The last lines that it has printed.</summary>
    public string Output()
    {
        lock (_output) return string.Join(Environment.NewLine, _output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(cancellationToken))
        {
            if (_process.HasExited) throw new InvalidOperationException($"A server ended before it was ready: {Output()}");
            if (Stopwatch.GetElapsedTime(started) > Sizes.StartTimeout) throw new TimeoutException($"A server is not ready after {Sizes.StartTimeout}: {Output()}");
            await Task.Delay(Sizes.ReadyPoll, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await Connection.OpenAsync(Port, cancellationToken);
            return (await connection.ExchangeAsync(Ready.Bytes)).Status == 200;
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            // Not listening yet.
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_output)
        {
            _output.Enqueue(line.Data);
            if (_output.Count > Sizes.KeptOutputLines) _output.Dequeue();
        }
    }
}
