using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Reading for people: lists, exports, consistency.</summary>
public interface ILedgerReports
{
    /// <summary>Whether a cost center exists (has a budget or usage, or is an ancestor of one that has).</summary>
    Task<bool> ExistsAsync(string costCenter, CancellationToken cancellationToken);

    /// <summary>Existing cost centers at or below <paramref name="under"/> (null: all), by path, after <paramref name="after"/>, with the balances of the tenant's date.</summary>
    Task<IReadOnlyList<CostCenterSummary>> ListCostCentersAsync(string? under, string? after, int limit, Func<string, DateOnly> today, CancellationToken cancellationToken);

    /// <summary>Direct children by path, at most <paramref name="limit"/>, and how many there are.</summary>
    Task<(IReadOnlyList<string> Paths, long Count)> ListChildrenAsync(string costCenter, int limit, CancellationToken cancellationToken);

    /// <summary>Spend of today and of its month by model, everything below included, dearest month first; from the roll-ups.</summary>
    Task<IReadOnlyList<ModelSpend>> ReadModelsAsync(string costCenter, DateOnly today, int limit, CancellationToken cancellationToken);

    /// <summary>Adds rows that are not yet in the roll-ups by model, at most <paramref name="limit"/>; the cursor never passes a transaction that is still open.</summary>
    /// <returns>How many rows were added; 0 when up to date.</returns>
    Task<int> RollUpAsync(int limit, CancellationToken cancellationToken);

    /// <summary>One page of rows.</summary>
    Task<IReadOnlyList<UsageRow>> ReadUsageAsync(UsageFilter filter, CancellationToken cancellationToken);

    /// <summary>All rows of booked dates from <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive) at or below the cost center (null: all),
    /// of one snapshot, streamed, ordered by (tenant, request id).</summary>
    IAsyncEnumerable<UsageRow> ExportUsageAsync(DateOnly from, DateOnly to, string? costCenter, CancellationToken cancellationToken);

    /// <summary>Models of rows flagged unpriced, with count and latest time, newest first.</summary>
    Task<IReadOnlyList<MissingPrice>> ListMissingPricesAsync(string? under, int limit, CancellationToken cancellationToken);

    /// <summary>Ascending by id, after <paramref name="afterId"/>.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(string? under, DateTimeOffset? since, long? afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Compares every balance with the sum of its rows, in one snapshot, at or below <paramref name="under"/> (null: all).</summary>
    Task<ConsistencyReport> CheckConsistencyAsync(string? under, CancellationToken cancellationToken);
}

public sealed record CostCenterSummary(string CostCenter, Balance Day, Balance Month);

public sealed record ModelSpend(string Model, Money SpentToday, Money SpentMonth, long RequestsMonth);

public sealed record MissingPrice(string? Provider, string Model, long Rows, DateTimeOffset LastSeen);

/// <summary>Which rows to list. All bounds are optional but <paramref name="Limit"/>. Ordered by (recorded at, tenant, request id) descending, or by cost descending.</summary>
/// <param name="From">First booked date. <paramref name="To"/>: first booked date after the range.</param>
/// <param name="Tags">Tags that must have these values.</param>
/// <param name="Skip">Rows to pass over: the cursor.</param>
public sealed record UsageFilter(
    DateOnly? From, DateOnly? To, string? CostCenter, string? User, string? Session, string? Model, string? Provider, UsageStatus? Status, string? RequestPath,
    IReadOnlyList<KeyValuePair<string, string>> Tags, Money? MinCost, bool ByCost, int Skip, int Limit);

/// <param name="BalancesChecked">How many stored balances were compared (days and months, cost centers and users).</param>
/// <param name="Differences">At most 100.</param>
public sealed record ConsistencyReport(long RowsChecked, long BalancesChecked, IReadOnlyList<BalanceDifference> Differences);

/// <param name="Kind"><c>day</c>, <c>month</c>, <c>user_day</c>, <c>user_month</c>.</param>
public sealed record BalanceDifference(string Kind, string CostCenter, string? User, DateOnly Window, Money Balance, Money Rows, long BalanceRequests, long RowRequests);
