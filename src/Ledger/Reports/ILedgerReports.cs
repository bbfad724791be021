using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Ledger.Reports;

/// <summary>
/// What was spent, for finance: money and requests from the balances, the rest from the roll-ups, which follow within a second. Each answer is of one snapshot.
/// Nothing here reads usage rows.
/// </summary>
public interface ILedgerReports
{
    /// <summary>By booked date, every date of the range that has anything, ascending.</summary>
    Task<IReadOnlyList<DayUsage>> ReadDaysAsync(ReportRange range, CancellationToken cancellationToken);

    /// <summary>By the names of a dimension, dearest first.</summary>
    /// <param name="key">Of <see cref="UsageDimension.Tag"/>: which; else null.</param>
    /// <param name="name">Only this one; null: all.</param>
    /// <param name="limit">Names at most; what is left is in <see cref="UsageBreakdown.Other"/>.</param>
    Task<UsageBreakdown> ReadNamesAsync(ReportRange range, UsageDimension dimension, string? key, string? name, int limit, CancellationToken cancellationToken);

    /// <summary>Cost centers with so many segments, dearest first, all below each included.</summary>
    /// <param name="after">The last one of the page before; null: the first page.</param>
    Task<CostCenterUsages> ReadCostCentersAsync(ReportRange range, int depth, SpendPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>Days on which a cost center with so many segments spent more than the day before by more than a fraction; newest and largest first.</summary>
    /// <param name="range">The days that may be spikes.</param>
    /// <param name="thousandths">The fraction, in thousandths.</param>
    Task<IReadOnlyList<SpendSpike>> ReadSpikesAsync(ReportRange range, int depth, int thousandths, int limit, CancellationToken cancellationToken);

    /// <summary>Whether any usage at or below the cost center is of this name, or may be: true also where there were too many names to keep each.</summary>
    Task<bool> HasSeenAsync(string costCenter, UsageDimension dimension, string name, CancellationToken cancellationToken);
}

/// <summary>What a report is about.</summary>
/// <param name="CostCenter">With all below it; null: all tenants.</param>
/// <param name="From">The first booked date. <paramref name="To"/>: the first after the range.</param>
public sealed record ReportRange(string? CostCenter, DateOnly From, DateOnly To);

/// <param name="Spent">From the balances, as <paramref name="Requests"/>.</param>
/// <param name="Usage">From the roll-ups; its own money may lag by a second.</param>
public sealed record DayUsage(DateOnly Date, Money Spent, long Requests, UsageSum Usage);

/// <summary>All of a range.</summary>
/// <param name="Spent">From the balances, as <paramref name="Requests"/>.</param>
public sealed record ReportTotal(Money Spent, long Requests, UsageSum Usage);

/// <param name="Total">Its money is what the items, <paramref name="Other"/> and <paramref name="Unattributed"/> come to, to the nano-unit.</param>
/// <param name="Other">What has no item of its own: beyond the limit, or without room in the roll-ups.</param>
/// <param name="Unattributed">Of the total what the roll-ups do not have: rows of the last second, or rows that were deleted before there were these
/// roll-ups. Of a filtered list, and of tags, it is all that the items do not have.</param>
public sealed record UsageBreakdown(ReportTotal Total, IReadOnlyList<NamedUsage> Items, UsageSum Other, Money Unattributed);

public sealed record NamedUsage(string Name, UsageSum Usage);

public sealed record CostCenterUsages(ReportTotal Total, IReadOnlyList<CostCenterUsage> Items);

/// <param name="Spent">From the balances, as <paramref name="Requests"/>.</param>
public sealed record CostCenterUsage(string CostCenter, Money Spent, long Requests, UsageSum Usage);

public sealed record SpendSpike(string CostCenter, DateOnly Date, Money Spent, Money DayBefore);

/// <summary>A place in a list by spend, and by path where that is the same.</summary>
public readonly record struct SpendPosition(Money Spent, string CostCenter);
