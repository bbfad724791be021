using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains;

/// <summary>What every cost center of a process shares.</summary>
/// <param name="Stamps">Of this process; used by nodes that have no epoch of their own (one process).</param>
/// <param name="Degraded">What was allowed during outages.</param>
/// <param name="Alerts">Takes what is noticed; null: alerts are left to the sweep.</param>
public sealed record CostCenterServices(
    Catalog Catalog, LedgerWriter Writer, NodeRegistrar Registrar, LedgerHealth Health, LedgerWriterOptions Options, StampSource Stamps, DegradedAllowances Degraded,
    TimeProvider Clock, AlertDesk? Alerts = null)
{
    /// <summary>Who is in memory, for metrics.</summary>
    public ResidentNodes Residents { get; } = new();
}
