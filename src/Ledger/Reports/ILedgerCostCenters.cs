using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Ledger.Reports;

/// <summary>Which cost centers there are, and what they spend.</summary>
public interface ILedgerCostCenters : ICostCenterNames
{
    /// <summary>Whether a cost center exists (has a budget or usage, or is an ancestor of one that has).</summary>
    Task<bool> ExistsAsync(string costCenter, CancellationToken cancellationToken);

    /// <summary>Existing cost centers at or below <paramref name="under"/> (null: all), by path, after <paramref name="after"/>, with the balances of the tenant's date.</summary>
    /// <param name="archived">Those that are archived too.</param>
    Task<IReadOnlyList<CostCenterSummary>> ListCostCentersAsync(
        string? under, string? after, int limit, Func<string, DateOnly> today, CancellationToken cancellationToken, bool archived = false);

    /// <summary>Those with a budget of their own at or below <paramref name="under"/> (null: all), by path, after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<string>> ListBudgetedAsync(string? under, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Direct children by path, but for those that are archived themselves, at most <paramref name="limit"/>, and how many there are.</summary>
    Task<(IReadOnlyList<string> Paths, long Count)> ListChildrenAsync(string costCenter, int limit, CancellationToken cancellationToken);

    /// <summary>Spend of today and of its month by model, everything below included, dearest month first; from the roll-ups.</summary>
    Task<IReadOnlyList<ModelSpend>> ReadModelsAsync(string costCenter, DateOnly today, int limit, CancellationToken cancellationToken);
}

public sealed record CostCenterSummary(string CostCenter, Balance Day, Balance Month);

public sealed record ModelSpend(string Model, Money SpentToday, Money SpentMonth, long RequestsMonth);
