using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.CostCenters;

/// <summary>Recommendations for a cost center, as its alerts give them: from its own numbers of the month, and its tightest window.</summary>
internal sealed class SpendAdvice(ILedgerSpend ledger, Catalog catalog, TimeProvider clock, Resolution resolution, IOptions<InstallationOptions> installation)
{
    public async Task<IReadOnlyList<Recommendation>> ForAsync(string path, DateOnly today, IReadOnlyList<WindowView> windows, CancellationToken cancellationToken)
    {
        var facts = await ledger.ReadSpendFactsAsync(path, today, cancellationToken);
        var current = catalog.Current;
        var context = new AlertContext(clock.GetUtcNow(), current.Policies, current.Prices, Money.Zero, installation.Value.Currency, resolution);
        (Money, Money, DateTimeOffset?)? window = windows.MinBy(w => w.Available) is { } tightest ? (tightest.Spent, tightest.Limit, tightest.ResetsAt) : null;
        return context.Advise(facts, window);
    }
}
