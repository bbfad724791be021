namespace BudgetEngine.Load.Collector;

/// <summary>How the collector stopped a server.</summary>
/// <param name="Within">The time that was watched.</param>
/// <param name="Paused">All stops of that time.</param>
internal sealed record PauseFigures(TimeSpan Within, TimeSpan Paused, TimeSpan Longest, long Collections)
{
    public double Share => Paused / Within;
}
