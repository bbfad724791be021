using System.Globalization;

namespace BudgetEngine.Load;

/// <summary>Processor time over some time, in cores.</summary>
/// <param name="Server">Of the server's process.</param>
/// <param name="Generator">Of this process.</param>
/// <param name="Others">Of all else on the machine: PostgreSQL, and whatever disturbs the measurement.</param>
internal sealed record Cores(double Server, double Generator, double Others);

/// <summary>Processor times since the start of each process, and of the machine.</summary>
internal readonly record struct CoresReading(TimeSpan Server, TimeSpan Generator, TimeSpan Machine)
{
    private const string File = "/proc/stat";

    /// <summary>Clock ticks per second of that file, on every Linux there is.</summary>
    private const double Ticks = 100;

    public static CoresReading Of(ChildServer server) => new(server.ProcessorTime, Environment.CpuUsage.TotalTime, BusyTime());

    public Cores Since(CoresReading earlier, TimeSpan elapsed)
    {
        var (server, generator) = (Server - earlier.Server, Generator - earlier.Generator);
        var others = Machine - earlier.Machine - server - generator;
        return new Cores(server / elapsed, generator / elapsed, Math.Max(0, others / elapsed));
    }

    /// <summary>User, nice, system; not idle, nor waiting for a disk.</summary>
    private static TimeSpan BusyTime()
    {
        if (!System.IO.File.Exists(File)) return TimeSpan.Zero;
        var fields = System.IO.File.ReadLines(File).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromSeconds(fields.Skip(1).Take(3).Sum(f => double.Parse(f, CultureInfo.InvariantCulture)) / Ticks);
    }
}
