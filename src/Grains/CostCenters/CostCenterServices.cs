using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>What every cost center of a process shares.</summary>
/// <param name="Stamps">Of this process, whose epoch is known once the ledger is open; used by nodes that have no epoch of their own (one process).</param>
/// <param name="Degraded">What was allowed during outages.</param>
/// <param name="Alerts">Takes what is noticed; null: alerts are left to the sweep.</param>
/// <param name="NewNodes">Keeps made-up cost centers from filling the memory; null: nothing does.</param>
public sealed record CostCenterServices(
    Catalog Catalog, LedgerWriter Writer, NodeRegistrar Registrar, LedgerHealth Health, LedgerWriterOptions Options, Lazy<StampSource> Stamps, DegradedAllowances Degraded,
    TimeProvider Clock, AlertEvaluator? Alerts = null, NewNodes? NewNodes = null)
{
    /// <summary>Who is in memory.</summary>
    public ActiveNodes ActiveNodes { get; init; } = new();

    /// <summary>Nodes of this process ask each other by direct turns; false: by grain calls, as nodes of several processes do (ADR 12).</summary>
    public bool DirectTurns { get; init; } = true;

    /// <summary>Whether this process has all cost centers that are in memory, as no other has any.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Whether a direct turn of a cost center may run on the calling thread, asked for each; null: always.</summary>
    public Func<string, bool>? AtOnce { get; init; }

    /// <summary>How long a node without calls stays in memory, by the monotonic clock (ADR 19). Direct turns count as calls.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bugs, as far as they end commands.</summary>
    public UnexpectedFaults Faults { get; init; } = new(Clock);

    /// <summary>How many holds each of them has room for.</summary>
    public HoldRoom HoldRoom { get; init; } = HoldRoom.Default;

    /// <summary>How this process calls cost centers.</summary>
    public CostCenterCalls CallsOver(IGrainFactory grains) => DirectTurns ? new DirectCalls(grains, ActiveNodes, Clock, Faults, AtOnce, IsAlone) : new CostCenterCalls(grains, Clock, Faults);
}
