using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains;

/// <summary>What every cost center of a process shares.</summary>
/// <param name="Stamps">Of this process; used by nodes that have no epoch of their own (one process).</param>
/// <param name="Degraded">What was allowed during outages.</param>
public sealed record CostCenterServices(
    Catalog Catalog, LedgerWriter Writer, NodeRegistrar Registrar, LedgerHealth Health, LedgerWriterOptions Options, StampSource Stamps, DegradedAllowances Degraded,
    TimeProvider Clock)
{
    /// <summary>Who is in memory, for metrics.</summary>
    public ResidentNodes Residents { get; } = new();
}
