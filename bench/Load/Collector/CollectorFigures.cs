using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Collector;

/// <summary>One load and what the collector did beside it.</summary>
/// <param name="OpenBefore">Reservations that were open all the while.</param>
/// <param name="Pauses">Of each window.</param>
internal sealed record CollectorFigures(string Contestant, int OpenBefore, LoadFigures Load, IReadOnlyList<PauseFigures> Pauses)
{
    public TimeSpan Longest => Pauses.Max(p => p.Longest);

    public double Share => Pauses.Average(p => p.Share);

    public long Collections => Pauses.Sum(p => p.Collections);
}
