using BudgetEngine.Api.Checks;
using BudgetEngine.Dashboard.Alerts;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Budgets;
using BudgetEngine.Dashboard.Charts;
using BudgetEngine.Dashboard.Overview;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>When does this run out, and what decides the next check?</summary>
/// <param name="OnPath">Every limited window from this cost center up to its tenant.</param>
/// <param name="MayChange">The key may change it: with a subtree only what is strictly below its root.</param>
/// <param name="ChangesCut">There are more changes than were read.</param>
public sealed record CostCenterModel(
    Shell Shell, CostCenterLine Line, IReadOnlyList<WindowLine> OnPath, BurnUp Chart, bool MayChange, StoredBudget? Budget, IReadOnlyList<Increase> Increases,
    IReadOnlyList<CostCenterLine> Children, long ChildCount, IReadOnlyList<ModelLine> Models, IReadOnlyList<ReservationView> Reservations, long ExpiredToday,
    IReadOnlyList<AlertLine> Alerts, IReadOnlyList<AuditEntry> Changes, bool ChangesCut, IReadOnlyList<Recommendation> Advice, string RootOfKey) : PageModel(Shell)
{
    public string Path => Line.Path;

    public string Name => Markup.Name(Path);

    /// <summary>Denied checks at and below it, newest first.</summary>
    public IReadOnlyList<DenialLine> Denials { get; init; } = [];

    /// <summary>Pauses of users and models that touch it: its own, and those above it that the key may see.</summary>
    public IReadOnlyList<Pause> PartlyPaused { get; init; } = [];

    /// <summary>The dialog that is open; null: none.</summary>
    public EditDialog? Edit { get; init; }

    public PauseDialog? Pause { get; init; }

    public IncreaseDialog? Increase { get; init; }

    /// <summary>The least that is available in any window that refuses; null: nothing does, or it may not be told.</summary>
    public Money? MostOfNext
    {
        get
        {
            var hard = OnPath.Where(w => w is { Soft: false }).ToList();
            return hard.Count == 0 || hard.Any(w => w.Hidden) ? null : Money.Max(Money.Zero, hard.Min(w => w.Available));
        }
    }

    /// <summary>Its parts above, root first; those that the key may not see are left out.</summary>
    public IEnumerable<string> Ancestors => Domain.CostCenters.CostCenterId.SelfAndAncestors(Path).Skip(1).Reverse()
        .Where(p => RootOfKey.Length == 0 || Domain.CostCenters.CostCenterId.IsWithin(p, RootOfKey));
}
