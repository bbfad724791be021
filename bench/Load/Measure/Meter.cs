using System.Diagnostics;

namespace BudgetEngine.Load;

/// <summary>Takes down how long each step took, by the window in which it ended; what ends in the warm-up is forgotten.</summary>
internal sealed class Meter
{
    /// <summary>The step that stands for the whole operation.</summary>
    public const int Whole = 0;

    private readonly long _from;
    private readonly long _length;
    private readonly Histogram[][] _windows;

    /// <param name="from">When the first window begins, as a timestamp.</param>
    public Meter(long from, TimeSpan length, int windows, int steps)
    {
        _from = from;
        _length = (long)(length.TotalSeconds * Stopwatch.Frequency);
        _windows = [.. Enumerable.Range(0, windows).Select(_ => Enumerable.Range(0, steps + 1).Select(_ => new Histogram()).ToArray())];
    }

    public IReadOnlyList<Histogram[]> Windows => _windows;

    public bool IsOver => Stopwatch.GetTimestamp() >= BeginOf(_windows.Length);

    public long BeginOf(int window) => _from + window * _length;

    public void Add(int step, long started)
    {
        var ended = Stopwatch.GetTimestamp();
        if (ended < _from) return;
        var window = (ended - _from) / _length;
        if (window < _windows.Length) _windows[window][step].Add(Stopwatch.GetElapsedTime(started, ended));
    }
}
