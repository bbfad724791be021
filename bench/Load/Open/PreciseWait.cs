using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BudgetEngine.Load.Open;

/// <summary>Waits of well under a millisecond without spinning, which .NET's timers do not offer: the kernel's own sleep.</summary>
internal static class PreciseWait
{
    private const long Nanos = 1_000_000_000;

    /// <param name="timestamp">Of <see cref="Stopwatch"/>; past: no wait.</param>
    public static void Until(long timestamp)
    {
        var left = (long)(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp).TotalSeconds * Nanos);
        if (left <= 0) return;
        var time = new TimeSpec(left / Nanos, left % Nanos);
        // Woken early by a signal: the caller looks at the clock again.
        _ = Sleep(time, 0);
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int Sleep(in TimeSpec time, nint rest);

    private readonly record struct TimeSpec(long Seconds, long Nanos);
}
