namespace BudgetEngine.GatewayLoad;

/// <summary>What a window of calls came to.</summary>
/// <param name="CpuMicros">Processor time of the proxy for each call.</param>
internal readonly record struct Figures(double PerSecond, double P50, double P90, double P99, double CpuMicros)
{
    /// <summary>The median of each figure by itself.</summary>
    public static Figures MedianOf(IReadOnlyList<Figures> rounds) => new(
        Median(rounds, f => f.PerSecond), Median(rounds, f => f.P50), Median(rounds, f => f.P90), Median(rounds, f => f.P99), Median(rounds, f => f.CpuMicros));

    private static double Median(IReadOnlyList<Figures> rounds, Func<Figures, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);
}
