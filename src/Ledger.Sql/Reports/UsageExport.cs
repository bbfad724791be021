using System.Runtime.CompilerServices;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
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

    private readonly string _range = RangeOf(range, "u.booked_date", "u.cost_center", costCenter);

    /// <summary>The same where another index is to be followed: one page after the other is then one pass over the rows, and not a pass and a sort for each.</summary>
    private readonly string _filter = RangeOf(range, "coalesce(u.booked_date, u.booked_date)", "coalesce(u.cost_center, u.cost_center)", costCenter);

    private sealed record Mark(string Snapshot, long Retained, DateTimeOffset? Newest);

    /// <summary>Rows, corrections included, by (tenant, request id); then what retention has left, by (cost center, date).</summary>
    public async IAsyncEnumerable<UsageRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begin = await database.ReportAsync(s => MarkAsync(s, cancellationToken), cancellationToken);
        (string, object?)[] next = [("tenant", costCenter is null ? "" : CostCenterId.TenantOf(costCenter)), ("request_id", "")];
        for (var more = true; more;)
        {
            var page = await database.ReportAsync(s => RowsAsync(s, begin.Snapshot, next, cancellationToken), cancellationToken);
            foreach (var row in page) yield return row;
            more = page.Count == PageRows;
            if (more) next = [("tenant", page[^1].Tenant), ("request_id", page[^1].RequestId)];
        }

        next = [("after", ""), ("after_date", DateOnly.MinValue)];
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

    private Task<List<UsageRow>> RowsAsync(LedgerSession s, string snapshot, (string, object?)[] after, CancellationToken cancellationToken) =>
        s.ListAsync(
            $"""
            select {UsageColumns.Select} from usage u
            where u.kind <> 2 and {(costCenter is null ? "(u.tenant, u.request_id) > (@tenant, @request_id)" : "u.tenant = @tenant and u.request_id > @request_id")}
                and {_filter} and {s.Dialect.IsIn("@snapshot")}
            order by u.tenant, u.request_id limit @limit
            """,
            UsageColumns.Read, cancellationToken, [.. Range(), .. after, ("snapshot", snapshot), ("limit", (long)PageRows)]);

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
