using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;

namespace BudgetEngine.Load.Measure;

/// <summary>Latencies over all windows.</summary>
internal sealed record Latencies(double P50Ms, double P99Ms, double P999Ms)
{
    public static Latencies Of(Histogram histogram) =>
        new(histogram.Percentile(0.5).TotalMilliseconds, histogram.Percentile(0.99).TotalMilliseconds, histogram.Percentile(0.999).TotalMilliseconds);

    public static Latencies Of(IEnumerable<Histogram> histograms)
    {
        var merged = new Histogram();
        foreach (var histogram in histograms) merged.Add(histogram);
        return Of(merged);
    }
}

/// <summary>One measured window.</summary>
/// <param name="Rate">Operations per second.</param>
/// <param name="Steps">The whole operation, then each of its requests.</param>
/// <param name="Cores">Who used the processor meanwhile.</param>
internal sealed record LoadWindow(double Rate, Histogram[] Steps, Cores Cores);

/// <summary>What one contestant did under one load, a window in each round of a match.</summary>
internal sealed record LoadFigures(string Contestant, LoadPlan Load, IReadOnlyList<LoadWindow> Windows)
{
    public Spread Rate => Spread.Of(Windows.Select(w => w.Rate));

    public double RequestsPerSecond => Rate.Median * Load.Steps.Length;

    public double RecordsPerSecond => Rate.Median * Load.Records;

    public Latencies Whole => Latencies.Of(Windows.Select(w => w.Steps[Meter.Whole]));

    public IEnumerable<(string Name, Latencies Latencies)> Steps =>
        Load.Steps.Select((name, i) => (name, Latencies.Of(Windows.Select(w => w.Steps[i + 1]))));

    public Cores Cores => new(Windows.Average(w => w.Cores.Server), Windows.Average(w => w.Cores.Generator), Windows.Average(w => w.Cores.Others));

    /// <summary>Processor time of the server for one request.</summary>
    public double ServerMicrosPerRequest => RequestsPerSecond > 0 ? Cores.Server * 1e6 / RequestsPerSecond : 0;

    /// <summary>Requests a second against another's, round by round: both were measured within the same minute.</summary>
    public Spread Over(LoadFigures other) => Ratio(other, f => f.Load.Steps.Length);

    /// <summary>The same of records.</summary>
    public Spread RecordsOver(LoadFigures other) => Ratio(other, f => f.Load.Records);

    private Spread Ratio(LoadFigures other, Func<LoadFigures, int> weight) =>
        Spread.Of(Windows.Zip(other.Windows, (own, others) => own.Rate * weight(this) / (others.Rate * weight(other))));
}

/// <summary>Loads that took turns, round by round.</summary>
internal sealed record MatchFigures(string Name, IReadOnlyList<LoadFigures> Loads)
{
    public LoadFigures? Find(string contestant, Leaves leaves) => Loads.FirstOrDefault(l => l.Contestant == contestant && l.Load.Leaves == leaves);

    public LoadFigures? Echo => Find(Contestants.Echo, Leaves.Uniform);
}
