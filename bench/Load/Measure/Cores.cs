using System.Diagnostics;
using System.Globalization;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Measure;

/// <summary>Processor time over some time, in cores.</summary>
/// <param name="Server">Of the server's process; of several, their sum.</param>
/// <param name="Generator">Of this process.</param>
/// <param name="Others">Of all else on the machine: PostgreSQL, and whatever disturbs the measurement.</param>
internal sealed record Cores(double Server, double Generator, double Others);

/// <summary>Processor times since the start of each process, and of the machine.</summary>
internal readonly record struct CoresReading(TimeSpan Server, TimeSpan Generator, TimeSpan Machine)
{
    private const string File = "/proc/stat";

    /// <summary>Clock ticks per second of that file, on every Linux there is.</summary>
    private const double Ticks = 100;

    public static CoresReading Of(IEnumerable<ChildServer> servers) => new(servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.ProcessorTime), Environment.CpuUsage.TotalTime, BusyTime());

    /// <summary>Waits until a window is over; returns the processor time within it.</summary>
    /// <param name="from">A timestamp, like <paramref name="until"/>.</param>
    public static async Task<Cores> BetweenAsync(long from, long until, IReadOnlyList<ChildServer> servers, CancellationToken cancellationToken)
    {
        await UntilAsync(from, cancellationToken);
        var (started, before) = (Stopwatch.GetTimestamp(), Of(servers));
        await UntilAsync(until, cancellationToken);
        return Of(servers).Since(before, Stopwatch.GetElapsedTime(started));
    }

    public Cores Since(CoresReading earlier, TimeSpan elapsed)
    {
        var (server, generator) = (Server - earlier.Server, Generator - earlier.Generator);
        var others = Machine - earlier.Machine - server - generator;
        return new Cores(server / elapsed, generator / elapsed, Math.Max(0, others / elapsed));
    }

    private static Task UntilAsync(long timestamp, CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromSeconds((double)(timestamp - Stopwatch.GetTimestamp()) / Stopwatch.Frequency);
        return left > TimeSpan.Zero ? Task.Delay(left, TimeProvider.System, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>User, nice, system; not idle, nor waiting for a disk.</summary>
    private static TimeSpan BusyTime()
    {
        if (!System.IO.File.Exists(File)) return TimeSpan.Zero;
        var fields = System.IO.File.ReadLines(File).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromSeconds(fields.Skip(1).Take(3).Sum(f => double.Parse(f, CultureInfo.InvariantCulture)) / Ticks);
    }
}
