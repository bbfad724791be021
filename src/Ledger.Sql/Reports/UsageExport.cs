using System.Runtime.CompilerServices;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// All rows of a range as they were when the export began, page by page, each page in a transaction of its own: whoever takes hours to read keeps no transaction open, which would keep
/// the store from cleaning up what came since. Rows are never changed, so those that are newer are told by their number. Only retention takes rows away: an export during which it
/// folded rows of the range breaks off.
/// </summary>
internal sealed class UsageExport(LedgerDatabase database, UsageRange range, string? costCenter)
{
    private const int PageRows = 1_000;

    /// <summary>Rows that one page looks through: where few of them are asked for, the place moves on all the same, and no page takes longer than it may.</summary>
    private const int MaxLookedThrough = 20_000;

    private readonly string _range = RangeOf(range, "u.booked_date", "u.cost_center", costCenter);

    /// <summary>The same where another index is to be followed: one page after the other is then one pass over the rows, and not a pass and a sort for each.</summary>
    private readonly string _filter = RangeOf(range, "coalesce(u.booked_date, u.booked_date)", "coalesce(u.cost_center, u.cost_center)", costCenter);

    private sealed record Mark(string Snapshot, long Retained, DateTimeOffset? Newest);

    private sealed record Place(string Tenant, string RequestId);

    /// <summary>Rows, corrections included, by (tenant, request id); then what retention has left, by (cost center, date).</summary>
    public async IAsyncEnumerable<UsageRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begin = await database.ReportAsync(s => MarkAsync(s, cancellationToken), cancellationToken);
        // Few are found by cost center and date, and sorted; many along the request ids of all.
        var areFew = await database.ReportAsync(s => AreFewAsync(s, cancellationToken), cancellationToken);
        var place = new Place(costCenter is null ? "" : CostCenterId.TenantOf(costCenter), "");
        // Up to here rows are looked through next; null: to the end.
        Place? until = null;
        for (var more = true; more;)
        {
            if (!areFew && (until is null || place == until)) until = await database.ReportAsync(s => UntilAsync(s, place, cancellationToken), cancellationToken);
            var (from, to) = (place, until);
            var page = await database.ReportAsync(s => RowsAsync(s, begin.Snapshot, areFew, from, to, cancellationToken), cancellationToken);
            foreach (var row in page) yield return row;
            more = page.Count == PageRows || until is not null;
            if (page.Count == PageRows) place = new Place(page[^1].Tenant, page[^1].RequestId);
            else if (until is not null) place = until;
        }

        (string, object?)[] next = [("after", ""), ("after_date", DateOnly.MinValue)];
        for (var more = begin.Retained > 0; more;)
        {
            var page = await database.ReportAsync(s => RetainedAsync(s, next, cancellationToken), cancellationToken);
            foreach (var row in page) yield return row;
            more = page.Count == PageRows;
            if (more) next = [("after", page[^1].CostCenter), ("after_date", page[^1].BookedDate)];
        }

        var end = await database.ReportAsync(s => MarkAsync(s, cancellationToken), cancellationToken);
        if (end with { Snapshot = begin.Snapshot } != begin) throw new LedgerContentionException("Retention has folded rows of this range while it was exported. Ask again.");
    }

    /// <summary>What the store is like now, and what of the range retention has folded so far: it only grows.</summary>
    private async Task<Mark> MarkAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var snapshot = await s.ListAsync(s.Dialect.SnapshotMark, r => r.Text(), cancellationToken);
        var retained = await s.ListAsync(
            $"select coalesce({s.Dialect.Sum("(u.requests + 1)")}, 0), max(u.recorded_at) from usage u where u.kind = 2 and {_range}",
            r => new Mark(snapshot[0], r.Long(), r.TimeOrNull()), cancellationToken, Range());
        return retained[0];
    }

    /// <summary>Of n rows of N, sorting all n for each page takes n * n / page steps, and one pass over all N of the tenant N.</summary>
    private async Task<bool> AreFewAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        if (costCenter is null) return false;
        var tenant = CostCenterId.TenantOf(costCenter);
        // Dates are those of tenants, instants of the callers' clocks: two days on each side.
        var from = range.From ?? DateOf(range.Since, -2) ?? DateOnly.MinValue;
        var to = range.To ?? DateOf(range.Until, 2) ?? DateOnly.MaxValue;
        var own = await RequestsAsync(s, costCenter, Period.Daily, from, to, cancellationToken);
        var all = await RequestsAsync(s, tenant, Period.Monthly, DateOnly.MinValue, DateOnly.MaxValue, cancellationToken);
        return (Int128)own * own <= (Int128)all * PageRows;
    }

    private static DateOnly? DateOf(DateTimeOffset? time, int days) => time is { } instant ? DateOnly.FromDateTime(instant.UtcDateTime).AddDays(days) : null;

    private static async Task<long> RequestsAsync(LedgerSession s, string path, Period period, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var sums = await CountedSums.ReadAsync(s, SumTable.Balances, [path], cancellationToken);
        return await s.NumberAsync(
            $"select coalesce({s.Dialect.Sum("b.requests")}, 0) from {sums.From} b where b.cost_center = @path and b.user_name = '' and b.period = {(int)period} and b.window_date >= @first and b.window_date < @end",
            cancellationToken, [("path", path), ("first", from), ("end", to), .. sums.Parameters]);
    }

    /// <summary>The place behind as many rows as a page looks through; null: there are no more.</summary>
    private Task<Place?> UntilAsync(LedgerSession s, Place after, CancellationToken cancellationToken) =>
        s.FirstAsync<Place>(
            $"select u.tenant, u.request_id from usage u where u.kind <> 2 and {After} order by u.tenant, u.request_id limit 1 offset {MaxLookedThrough - 1}", r => new Place(r.Text(), r.Text()),
            cancellationToken, ("tenant", after.Tenant), ("request_id", after.RequestId));

    private string After => costCenter is null ? "(u.tenant, u.request_id) > (@tenant, @request_id)" : "u.tenant = @tenant and u.request_id > @request_id";

    private Task<List<UsageRow>> RowsAsync(LedgerSession s, string snapshot, bool areFew, Place after, Place? until, CancellationToken cancellationToken)
    {
        var upTo = until is null ? "true" : costCenter is null ? "(u.tenant, u.request_id) <= (@last_tenant, @last)" : "u.request_id <= @last";
        // Each cost center by itself, or its dates would be looked for among all dates of all.
        var where = areFew
            ? $"cost_centers c cross join usage u where u.cost_center = c.path and {Subtree.Where("c.path", costCenter)} and {UsageRangeSql.Where(range)} and {AfterUnindexed}"
            : $"usage u where {After} and {upTo} and {_filter}";
        (string, object?)[] place = [("tenant", after.Tenant), ("request_id", after.RequestId), .. until is null ? [] : new (string, object?)[] { ("last_tenant", until.Tenant), ("last", until.RequestId) }];
        return s.ListAsync(
            $"select {UsageColumns.Select} from {where} and u.kind <> 2 and {s.Dialect.IsIn("@snapshot")} order by u.tenant, u.request_id limit @limit",
            UsageColumns.Read, cancellationToken, [.. Range(), .. place, ("snapshot", snapshot), ("limit", (long)PageRows)]);
    }

    /// <summary><see cref="After"/>, where another index is to be followed.</summary>
    private const string AfterUnindexed = "coalesce(u.tenant, u.tenant) = @tenant and coalesce(u.request_id, u.request_id) > @request_id";

    private Task<List<UsageRow>> RetainedAsync(LedgerSession s, (string, object?)[] after, CancellationToken cancellationToken) =>
        s.ListAsync(
            $"""
            select {UsageColumns.Select} from usage u
            where u.kind = 2 and (u.cost_center, u.booked_date) > (@after, @after_date) and {_filter}
            order by u.cost_center, u.booked_date limit @limit
            """,
            UsageColumns.Read, cancellationToken, [.. Range(), .. after, ("limit", (long)PageRows)]);

    private static string RangeOf(in UsageRange range, string date, string path, string? costCenter) => $"{UsageRangeSql.Where(range, date)} and {Subtree.Where(path, costCenter)}";

    private (string, object?)[] Range() => [.. UsageRangeSql.Parameters(range), .. Subtree.Parameters(costCenter)];
}
