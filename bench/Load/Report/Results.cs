using BudgetEngine.Load.Collector;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Memory;
using BudgetEngine.Load.Open;
using BudgetEngine.Load.Silos;
using BudgetEngine.Load.Soak;
using BudgetEngine.Load.Start;

namespace BudgetEngine.Load.Report;

/// <summary>Everything that a run has measured.</summary>
internal sealed class Results
{
    public List<MatchFigures> Matches { get; } = [];

    public List<OpenFigures> Open { get; } = [];

    public List<AllocationFigures> Allocations { get; } = [];

    public List<MemoryFigures> Memory { get; } = [];

    public List<EndedFigures> Ended { get; } = [];

    public List<CollectorFigures> Collector { get; } = [];

    public List<SilosFigures> Silos { get; } = [];

    public List<SoakFigures> Soaks { get; } = [];

    public List<StartFigures> Starts { get; } = [];

    public List<AuditLine> Audit { get; } = [];

    /// <summary>Who could not be measured, and why.</summary>
    public List<string> Skipped { get; } = [];

    public MatchFigures? Match(string part, int connections) => Matches.Find(m => m.Name == MatchCatalog.NameOf(part, connections));
}
