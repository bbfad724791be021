using HdrHistogram;

namespace BudgetEngine.Load.Measure;

/// <summary>Times in microseconds, exact to 1 %. Any number of threads may add.</summary>
internal sealed class Histogram
{
    private readonly LongConcurrentHistogram _micros = new(lowestTrackableValue: 1, highestTrackableValue: int.MaxValue, numberOfSignificantValueDigits: 2);

    public long Count => _micros.TotalCount;

    public void Add(TimeSpan time) => _micros.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 0, int.MaxValue));

    public void Add(Histogram other) => _micros.Add(other._micros);

    public TimeSpan Longest => Percentile(1);

    /// <summary>The time that this share of all has not passed; none: zero.</summary>
    public TimeSpan Percentile(double share) => Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(_micros.GetValueAtPercentile(share * 100));
}
