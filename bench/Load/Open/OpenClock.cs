using System.Diagnostics;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Open;

/// <summary>When each request of an open loop is due, and the latencies of those that were due within a window.</summary>
internal sealed class OpenClock
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _interval;
    private readonly long _warm;
    private readonly long _window;
    private readonly long _grace;

    /// <param name="rate">Requests per second, evenly spread.</param>
    /// <param name="grace">How long what is due is waited for after the last window.</param>
    public OpenClock(double rate, TimeSpan warmUp, TimeSpan window, int windows, TimeSpan grace)
    {
        _grace = Ticks(grace);
        _interval = Stopwatch.Frequency / rate;
        _warm = Ticks(warmUp);
        _window = Ticks(window);
        Windows = [.. Enumerable.Range(0, windows).Select(_ => new Histogram())];
        Requests = (long)((_warm + _window * windows) / _interval);
    }

    public long Requests { get; }

    public Histogram[] Windows { get; }

    public long GivenUpAt => _start + _warm + _window * Windows.Length + _grace;

    public long DueAt(long request) => _start + (long)(request * _interval);

    public void Add(long due, long ended)
    {
        var window = (due - _start - _warm) / _window;
        if (due - _start >= _warm && window < Windows.Length) Windows[window].Add(Stopwatch.GetElapsedTime(due, ended));
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
