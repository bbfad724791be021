using System.Diagnostics.Metrics;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.Metrics.Exposition;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Metrics;

public sealed class ExpositionTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BudgetMeter _meter;

    public ExpositionTests() => _meter = new BudgetMeter(_services.GetRequiredService<IMeterFactory>(), Resolution.Nano, Options.Create(new InstallationOptions()));

    [Theory]
    [InlineData("budget.checks", null, true, false, "budget_checks_total")]
    [InlineData("budget.check.duration", "s", false, false, "budget_check_duration_seconds")]
    [InlineData("budget.utilization", "1", false, true, "budget_utilization_ratio")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", true, false, "dotnet_gc_heap_total_allocated_bytes_total")]
    [InlineData("http.server.active_requests", "{request}", false, true, "http_server_active_requests")]
    [InlineData("orleans-app-requests-latency", "ms", false, false, "orleans_app_requests_latency_milliseconds")]
    public void Name_OfAnInstrument_IsPrometheus(string instrument, string? unit, bool counter, bool gauge, string expected) =>
        Assert.Equal(expected, Labels.MetricName(instrument, unit, counter, gauge));

    [Fact]
    public void Histogram_OfManyValues_IsCumulativeAndEndsWithAll()
    {
        using var listener = Listen();
        var histogram = _meter.Meter.CreateHistogram("h", "s", "Help.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var value in new[] { 0.5, 1, 1.5, 3 }) histogram.Record(value);

        Assert.Equal(
            "# HELP h_seconds Help.\n# TYPE h_seconds histogram\nh_seconds_bucket{le=\"1\"} 2\nh_seconds_bucket{le=\"2\"} 3\nh_seconds_bucket{le=\"+Inf\"} 4\nh_seconds_sum 6\nh_seconds_count 4\n",
            Text(listener, "h_seconds"));
    }

    [Fact]
    public void Labels_InAnotherOrder_AreTheSameSeries()
    {
        using var listener = Listen();
        var counter = _meter.Meter.CreateCounter<long>("c", null, "Help.");
        counter.Add(1, new("b", 2), new("a", "x\n\"\\"));
        counter.Add(2, new("a", "x\n\"\\"), new KeyValuePair<string, object?>("b", 2));

        Assert.EndsWith("counter\nc_total{a=\"x\\n\\\"\\\\\",b=\"2\"} 3\n", Text(listener, "c_total"));
    }

    [Fact]
    public void Counter_WithMoreLabelsThanMayBe_AddsTheRestUpInOneSeries()
    {
        using var listener = Listen(maxSeries: 10);
        var counter = _meter.Meter.CreateCounter<long>("c", null, "Help.");
        for (var i = 0; i < 1_000; i++) counter.Add(1, new KeyValuePair<string, object?>("i", i));

        var lines = Text(listener, "c_total").Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];
        Assert.Equal(11, lines.Length);
        Assert.Contains("c_total{overflow=\"true\"} 990", lines);
    }

    [Fact]
    public void Distributions_CountForEachOfTheirBuckets()
    {
        using var listener = Listen(maxSeries: 300);
        var histogram = _meter.Meter.CreateHistogram("h", "s", "Help.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] });
        for (var i = 0; i < 100; i++) histogram.Record(1, new KeyValuePair<string, object?>("i", i));

        var counts = Text(listener, "h_seconds").Split('\n').Where(l => l.StartsWith("h_seconds_count", StringComparison.Ordinal)).ToList();
        Assert.Equal(16, counts.Count);
        Assert.Contains("h_seconds_count{overflow=\"true\"} 85", counts);
    }

    [Fact]
    public void Gauge_ThatIsNotSeenAnyMore_IsGone()
    {
        using var listener = Listen();
        var seen = new List<string> { "a", "b" };
        _meter.Meter.CreateObservableGauge("g", () => seen.Select(s => new Measurement<int>(7, new KeyValuePair<string, object?>("s", s))), null, "Help.");

        Assert.Contains("g{s=\"b\"} 7", Text(listener, "g"), StringComparison.Ordinal);
        seen.Remove("b");
        Assert.DoesNotContain("g{s=\"b\"}", Text(listener, "g"), StringComparison.Ordinal);
    }

    [Fact]
    public void CountingACheck_AllocatesNothing()
    {
        using var listener = Listen();
        var metrics = new CheckMetrics(_meter, TimeProvider.System, new UnexpectedFaults());
        var answer = CheckAnswers.Denied(DenialReason.BudgetExceeded, Resolution.Nano);
        for (var i = 0; i < 1_000; i++) metrics.Answered(CheckProtocol.Check, answer, dryRun: false, metrics.Start());

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) metrics.Answered(CheckProtocol.Check, answer, dryRun: false, metrics.Start());
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Contains("budget_check_duration_seconds_count{protocol=\"check\"} 11000", Text(listener, "budget_check_duration_seconds"), StringComparison.Ordinal);
    }

    public void Dispose() => _services.Dispose();

    private MetricsListener Listen(int maxSeries = 1_000) => new(_meter, Options.Create(new MetricsOptions { MaxSeries = maxSeries }));

    private static string Text(MetricsListener listener, string name)
    {
        var text = new PrometheusText();
        listener.Collect((family, shown) =>
        {
            if (family.Name == name) text.Write(family, shown);
        });
        return System.Text.Encoding.UTF8.GetString(text.ToBytes());
    }
}
