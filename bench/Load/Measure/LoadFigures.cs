namespace BudgetEngine.Load;

/// <summary>Latencies over all windows.</summary>
internal sealed record Latencies(double P50Ms, double P99Ms, double P999Ms)
{
    public static Latencies Of(Histogram histogram) =>
        new(histogram.Percentile(0.5).TotalMilliseconds, histogram.Percentile(0.99).TotalMilliseconds, histogram.Percentile(0.999).TotalMilliseconds);
}

/// <summary>What one load came to.</summary>
/// <param name="Rates">Operations per second of each window.</param>
/// <param name="Steps">Of each request of an operation.</param>
/// <param name="Cores">Who used the processor meanwhile.</param>
internal sealed record LoadFigures(
    string Name, string Store, Leaves Leaves, int Connections, int Records, double[] Rates, Latencies Whole, IReadOnlyList<(string Step, Latencies Latencies)> Steps,
    Cores Cores)
{
    /// <summary>Echo on as many connections, right before and right after; null where that compares nothing.</summary>
    public (LoadFigures Before, LoadFigures After)? Echo { get; init; }

    public double Median => MedianOf(Rates);

    public double RequestsPerSecond => Median * Steps.Count;

    public double RecordsPerSecond => Median * Records;

    public double? OfEcho => Echo is var (before, after) ? RequestsPerSecond / ((before.Median + after.Median) / 2) : null;

    /// <summary>Processor time of the server for one request.</summary>
    public double ServerMicrosPerRequest => RequestsPerSecond > 0 ? Cores.Server * 1e6 / RequestsPerSecond : 0;

    /// <summary>The same of echo.</summary>
    public double? EchoMicrosPerRequest => Echo is var (before, after) ? (before.ServerMicrosPerRequest + after.ServerMicrosPerRequest) / 2 : null;

    public static double MedianOf(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
