using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Load.Rivals;

/// <summary>A Redis server of its own in a folder of its own, on a free loopback port.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Program = "redis-server";

    private readonly Process _process;

    private RedisProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Why none can be started here; null: it can.</summary>
    public static string? WhyNot() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, Program))) ? null : $"no {Program} in PATH";

    /// <param name="fsync">Every write is on disk before it is answered; false: nothing is written at all.</param>
    public static async Task<RedisProcess> StartAsync(string folder, bool fsync, CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, WorkingDirectory = folder };
        string[] settings =
        [
            "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--dir", folder, "--save", "",
            "--appendonly", fsync ? "yes" : "no", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0",
        ];
        foreach (var setting in settings) start.ArgumentList.Add(setting);
        var redis = new RedisProcess(Process.Start(start)!, port);
        redis._process.OutputDataReceived += (_, _) => { };
        redis._process.BeginOutputReadLine();
        try
        {
            await redis.WaitReadyAsync(cancellationToken);
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var connection = await RedisConnection.OpenAsync(Port);
                await connection.CommandAsync("PING");
                return;
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(started) < Sizes.StartTimeout)
            {
                // Not listening yet.
                await Task.Delay(Sizes.ReadyPoll, TimeProvider.System, cancellationToken);
            }
        }
    }
}
