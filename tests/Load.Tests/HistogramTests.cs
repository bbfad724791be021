using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Tests;

public sealed class HistogramTests
{
    [Fact]
    public void Percentile_OfWhatManyThreadsAdded_IsExactToOnePercent()
    {
        var (first, second) = (new Histogram(), new Histogram());
        Parallel.For(1, 100_001, i => (i % 2 == 0 ? first : second).Add(TimeSpan.FromMicroseconds(i)));

        first.Add(second);

        Assert.Equal(100_000, first.Count);
        foreach (var share in new[] { 0.001, 0.5, 0.99, 0.999, 1 }) Assert.InRange(first.Percentile(share).TotalMicroseconds, share * 99_000, share * 101_000);
    }

    [Fact]
    public void Percentile_OfTimesOutOfRange_IsTheEndOfIt()
    {
        var histogram = new Histogram();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        histogram.Add(TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        histogram.Add(TimeSpan.FromDays(1));
        Assert.InRange(histogram.Percentile(1).TotalMicroseconds, int.MaxValue * 0.99, int.MaxValue * 1.01);
    }
}
