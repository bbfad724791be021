using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Open;

/// <summary>An open loop at a fixed rate.</summary>
/// <param name="Share">Of the engine's maximal rate.</param>
/// <param name="Rate">Requests that were due per second.</param>
/// <param name="Windows">Latencies of checks from the instant at which each was due, by window.</param>
/// <param name="NotSent">Requests that were due and had not been sent when the run was given up; in the latencies with the time that they had waited.</param>
/// <param name="MostWaiting">Requests that were due and waited for a free connection, at worst.</param>
internal sealed record OpenFigures(string Contestant, double Share, double Rate, IReadOnlyList<Histogram> Windows, long NotSent, int MostWaiting)
{
    public Latencies Latencies => Latencies.Of(Windows);

    /// <summary>Of the 99th percentile in milliseconds.</summary>
    public Spread P99 => Spread.Of(Windows.Select(w => w.Percentile(0.99).TotalMilliseconds));

    public double P90Ms
    {
        get
        {
            var merged = new Histogram();
            foreach (var window in Windows) merged.Add(window);
            return merged.Percentile(0.9).TotalMilliseconds;
        }
    }
}
