using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Repricing;

/// <summary>Rows that a job rates again, in the order of the unique index of request ids, with the corrections that they have.</summary>
internal sealed class RepriceRows(LedgerDatabase database)
{
    /// <summary>The engine has made the row's cost, by the book or by a guess.</summary>
    private const string IsRated = "(u.priced_as is not null or u.unpriced)";

    public Task<RepriceExtent> ReadExtentAsync(RepriceOrder order, CancellationToken cancellationToken) =>
        database.AnyReportAsync(
            async s =>
            {
                var counted = await s.ListAsync(
                    $"""
                    select coalesce(sum(case when u.kind = 0 and {IsRated} and {Flagged(order)} then 1 else 0 end), 0),
                        coalesce(sum(case when u.kind = 0 and not {IsRated} and {Flagged(order)} then 1 else 0 end), 0),
                        coalesce(sum(case when u.kind = 2 then 1 else 0 end), 0)
                    from usage u where {UsageRangeSql.Where(order.Range)} and {await IsWithinAsync(s, order, cancellationToken)}
                    """,
                    r => new RepriceExtent(r.Long(), r.Long(), r.Long()), cancellationToken, Parameters(order));
                return counted[0];
            },
            cancellationToken);

    public Task<IReadOnlyList<RepriceRow>> ReadAsync(RepriceJob job, int limit, CancellationToken cancellationToken) =>
        database.AnyReportAsync<IReadOnlyList<RepriceRow>>(
            async s =>
            {
                // A narrow range of a large table may be far from the last place: it may take long.
                var rows = await s.ListAsync(
                    $"""
                    select {UsageColumns.Select} from usage u
                    where u.kind <> 2 and u.kind = 0 and {IsRated} and {Flagged(job.Order)} and (u.tenant, u.request_id) > (@after_tenant, @after_request)
                        and {UsageRangeSql.Where(job.Order.Range)} and {await IsWithinAsync(s, job.Order, cancellationToken)}
                    order by u.tenant, u.request_id limit @limit
                    """,
                    UsageColumns.Read, cancellationToken,
                    [.. Parameters(job.Order), ("after_tenant", job.After.Tenant), ("after_request", job.After.RequestId), ("limit", (long)limit)]);
                if (rows.Count == 0) return [];
                var corrections = await ReadCorrectionsAsync(s, job, rows, cancellationToken);
                return [.. rows.Select(r => Of(r, corrections.GetValueOrDefault((r.Tenant, r.RequestId))))];
            },
            cancellationToken);

    private static RepriceRow Of(UsageRow row, Corrections? found) =>
        new(row, new Money(found?.Repriced ?? 0), found?.Own is { } own ? new Money(own) : null, found?.ByHand ?? false);

    /// <summary>A correction that a job wrote names the price that it corrected to; one by hand does not.</summary>
    private static async Task<Dictionary<(string, string), Corrections>> ReadCorrectionsAsync(LedgerSession s, RepriceJob job, List<UsageRow> rows, CancellationToken cancellationToken)
    {
        var keys = JsonRows.Of(rows, (to, row) =>
        {
            to.WriteString("tenant", row.Tenant);
            to.WriteString("request_id", row.RequestId);
        });
        var isOwn = $"substr(c.request_id, 1, {job.CorrectionPrefix.Length}) = @own";
        var found = await s.ListAsync(
            $"""
            select c.tenant, c.corrects, cast(coalesce(sum(case when c.priced_as is not null and not {isOwn} then c.cost else 0 end), 0) as bigint),
                cast(sum(case when {isOwn} then c.cost end) as bigint), max(case when c.priced_as is null then 1 else 0 end)
            from {s.Dialect.Rows("@keys", "k", ("tenant", "text"), ("request_id", "text"))}
            join usage c on c.tenant = k.tenant and c.corrects = k.request_id and c.kind = 1
            group by c.tenant, c.corrects
            """,
            r => (Key: (r.Text(), r.Text()), Of: new Corrections(r.Long(), r.LongOrNull(), r.Long() == 1)), cancellationToken, ("keys", keys), ("own", job.CorrectionPrefix));
        return found.ToDictionary(f => f.Key, f => f.Of);
    }

    /// <summary>A row that waits for its new name is where it counts already.</summary>
    private static async Task<string> IsWithinAsync(LedgerSession s, RepriceOrder order, CancellationToken cancellationToken) =>
        order.CostCenter is null ? "true" : Subtree.Where(await CountedRows.NameAsync(s, cancellationToken), order.CostCenter);

    private static string Flagged(RepriceOrder order) => order.Only == RowFlags.None ? "true" : "(u.flags & @only) <> 0";

    private static (string, object?)[] Parameters(RepriceOrder order)
    {
        List<(string, object?)> parameters = [.. UsageRangeSql.Parameters(order.Range), .. Subtree.Parameters(order.CostCenter)];
        if (order.Only != RowFlags.None) parameters.Add(("only", (long)order.Only));
        return [.. parameters];
    }

    private sealed record Corrections(long Repriced, long? Own, bool ByHand);
}
