using System.Diagnostics;

namespace BudgetEngine.Load.Measure;

/// <summary>Takes down how long each step took that ended within the window; what ends in the warm-up is forgotten.</summary>
internal sealed class Meter
{
    /// <summary>The step that stands for the whole operation.</summary>
    public const int Whole = 0;

    /// <param name="from">When the window begins, as a timestamp.</param>
    public Meter(long from, TimeSpan length, int steps)
    {
        From = from;
        Until = from + (long)(length.TotalSeconds * Stopwatch.Frequency);
        Steps = [.. Enumerable.Range(0, steps + 1).Select(_ => new Histogram())];
    }

    /// <summary>A meter whose window begins after a warm-up from now on.</summary>
    public static Meter After(TimeSpan warmUp, TimeSpan length, int steps) =>
        new(Stopwatch.GetTimestamp() + (long)(warmUp.TotalSeconds * Stopwatch.Frequency), length, steps);

    public long From { get; }

    public long Until { get; }

    /// <summary>The whole operation, then each of its steps.</summary>
    public Histogram[] Steps { get; }

    public bool IsOver => Stopwatch.GetTimestamp() >= Until;

    public void Add(int step, long started)
    {
        var ended = Stopwatch.GetTimestamp();
        if (ended >= From && ended < Until) Steps[step].Add(Stopwatch.GetElapsedTime(started, ended));
    }
}
