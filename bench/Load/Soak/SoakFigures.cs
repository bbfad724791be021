using BudgetEngine.Load.Collector;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Soak;

/// <summary>Check and settle for many minutes, by a few callers.</summary>
/// <param name="Load">One window.</param>
/// <param name="Memory">Resident set of the process as time went by.</param>
internal sealed record SoakFigures(string Contestant, TimeSpan Length, LoadFigures Load, PauseFigures Pauses, IReadOnlyList<SoakMemory> Memory)
{
    public long MostBytes => Memory.Max(m => m.ResidentBytes);
}

/// <param name="At">After the begin of the load.</param>
internal sealed record SoakMemory(TimeSpan At, long ResidentBytes);
