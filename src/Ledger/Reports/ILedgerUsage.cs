using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Reports;

/// <summary>Usage rows for people: pages, exports, models without a price.</summary>
public interface ILedgerUsage
{
    /// <summary>One page of rows.</summary>
    Task<IReadOnlyList<UsageRow>> ReadUsageAsync(UsageFilter filter, CancellationToken cancellationToken);

    /// <summary>All rows of a range at or below the cost center (null: all), of one snapshot, streamed, ordered by (tenant, request id).</summary>
    IAsyncEnumerable<UsageRow> ExportUsageAsync(UsageRange range, string? costCenter, CancellationToken cancellationToken);

    /// <summary>Models of rows flagged unpriced, with count, latest time and cost, newest first.</summary>
    Task<IReadOnlyList<MissingPrice>> ListMissingPricesAsync(string? under, int limit, CancellationToken cancellationToken);
}

/// <summary>Which rows to list. All bounds are optional but <paramref name="Limit"/>. Ordered by (recorded at, tenant, request id) descending, or by cost descending.</summary>
/// <param name="From">First booked date. <paramref name="To"/>: first booked date after the range.</param>
/// <param name="Tags">Tags that must have these values.</param>
/// <param name="Skip">Rows to pass over: the cursor.</param>
public sealed record UsageFilter(
    DateOnly? From, DateOnly? To, string? CostCenter, string? User, string? Session, string? Model, string? Provider, UsageStatus? Status, string? RequestPath,
    IReadOnlyList<KeyValuePair<string, string>> Tags, Money? MinCost, bool ByCost, int Skip, int Limit)
{
    /// <summary>First timestamp.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>First timestamp after the range.</summary>
    public DateTimeOffset? Until { get; init; }

    public UsageRange Range => new(From, To, Since, Until);
}

/// <param name="Cost">What its rows have cost so far, corrections not counted.</param>
public sealed record MissingPrice(string? Provider, string Model, long Rows, DateTimeOffset LastSeen, Money Cost);
