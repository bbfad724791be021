using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Dashboard.Engine;

/// <summary>Can I trust the numbers and the answers right now?</summary>
/// <param name="LeaseLeft">How long this process may still decide from memory; null: it is a client of silos that do.</param>
/// <param name="Silos">Null: the cluster does not answer.</param>
/// <param name="Consistency">Null: not asked for.</param>
public sealed record EngineModel(
    Shell Shell, string Store, TimeSpan? LeaseLeft, bool WritesFail, IReadOnlyList<SiloLine>? Silos, int Listeners, int Tenants, int Prices, int Keys, bool IsOpen,
    ConsistencyReport? Consistency, TimeSpan ConsistencyTook, TimeSpan Up) : PageModel(Shell);

/// <summary>A process that holds cost centers in memory.</summary>
public sealed record SiloLine(string Address, string State, bool IsActive);
