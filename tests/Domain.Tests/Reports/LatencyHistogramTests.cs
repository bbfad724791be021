using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Domain.Tests.Reports;

public class LatencyHistogramTests
{
    [Fact]
    public void Percentile_OfOneValue_IsWithinItsBound()
    {
        for (var micros = 0L; micros < 90_000_000_000; micros = micros * 17 / 16 + 1)
        {
            var histogram = new LatencyHistogram();
            histogram.Add(micros);
            Assert.InRange(histogram.Percentile(95)!.Value, (long)(micros * 0.968), (long)Math.Ceiling(micros * 1.032));
        }
    }

    [Fact]
    public void Merging_InAnyOrder_GivesTheSame_AndSurvivesItsText()
    {
        var random = new Random(3);
        var parts = Enumerable.Range(0, 8).Select(_ =>
        {
            var part = new LatencyHistogram();
            for (var i = 0; i < 100; i++) part.Add(random.NextInt64(1_000_000));
            return part;
        }).ToList();
        var (forward, backward) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var part in parts) forward.Add(part);
        foreach (var part in Enumerable.Reverse(parts)) backward.AddText(part.ToString());
        Assert.Equal(forward.ToString(), LatencyHistogram.Parse(backward.ToString()).ToString());
        Assert.Equal(800, backward.Count);
        Assert.Null(new LatencyHistogram().Percentile(99));
    }
}
