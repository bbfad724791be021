using System.Runtime.CompilerServices;
using BudgetEngine.Domain.Reconciliation;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// Sums of usage rows with their corrections, by call, by day and model, or by model. Calls may be many and are read page by page, each in a transaction of its own; sums are at
/// most one more than a comparison takes.
/// </summary>
internal sealed class InvoiceReports(LedgerDatabase database) : ILedgerInvoiced
{
    private const int PageRows = 1_000;

    public async IAsyncEnumerable<RecordedSpend> ReadInvoicedAsync(InvoicedFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (filter.Grouping != InvoiceGrouping.Request)
        {
            foreach (var spend in await database.LongReportAsync(s => GroupsAsync(s, filter, cancellationToken), cancellationToken)) yield return spend;
            yield break;
        }

        var (tenant, requestId) = ("", "");
        for (var more = true; more;)
        {
            var page = await database.LongReportAsync(s => CallsAsync(s, filter, tenant, requestId, cancellationToken), cancellationToken);
            foreach (var (_, spend) in page) yield return spend;
            more = page.Count == PageRows;
            if (more) (tenant, requestId) = (page[^1].Tenant, page[^1].Spend.RequestId!);
        }
    }

    private static Task<List<(string Tenant, RecordedSpend Spend)>> CallsAsync(LedgerSession s, InvoicedFilter filter, string tenant, string requestId, CancellationToken cancellationToken) =>
        s.ListAsync(
            $"{Calls(filter)} and (u.tenant, u.request_id) > (@after_tenant, @after_request) order by u.tenant, u.request_id limit @limit",
            ReadCall, cancellationToken, [.. Parameters(filter), ("after_tenant", tenant), ("after_request", requestId), ("limit", (long)PageRows)]);

    private static Task<List<RecordedSpend>> GroupsAsync(LedgerSession s, InvoicedFilter filter, CancellationToken cancellationToken) =>
        s.ListAsync(Groups(s.Dialect, filter), r => ReadGroup(r, filter.Grouping), cancellationToken, [.. Parameters(filter), ("limit", Comparison.MaxGroups + 1L)]);

    private static (string, object?)[] Parameters(InvoicedFilter filter) =>
        [.. UsageRangeSql.Parameters(filter.Range), .. Subtree.Parameters(filter.CostCenter), ("provider", filter.Provider ?? "")];

    /// <summary>Every row with what its corrections leave of its cost.</summary>
    private static string Calls(InvoicedFilter filter) =>
        $"""
        select u.tenant, u.request_id, u.cost_center, u.provider, coalesce(u.model, '') as model, u.booked_date,
            cast(u.cost + coalesce((select sum(c.cost) from usage c where c.kind = 1 and c.tenant = u.tenant and c.corrects = u.request_id), 0) as bigint) as net
        from usage u
        where u.kind = 0 and (@provider = '' or u.provider is null or u.provider = @provider) and {UsageRangeSql.Where(filter.Range)} and {Subtree.Where("u.cost_center", filter.CostCenter)}
        """;

    /// <summary>Sums, each with its dearest row: what a correction of the sum would be booked on.</summary>
    private static string Groups(Dialect dialect, InvoicedFilter filter)
    {
        var by = filter.Grouping == InvoiceGrouping.Day ? "booked_date, model" : "model";
        return $"""
            select model, {(filter.Grouping == InvoiceGrouping.Day ? "booked_date, " : "")}count(*), {dialect.Sum("net")},
                max(case when place = 1 then request_id end), max(case when place = 1 then cost_center end), max(case when place = 1 then provider end), max(net)
            from (select n.*, row_number() over (partition by {by} order by net desc, cost_center, request_id) as place from ({Calls(filter)}) as n) as p
            group by {by} limit @limit
            """;
    }

    private static (string Tenant, RecordedSpend Spend) ReadCall(RowReader r)
    {
        var (tenant, id, costCenter, provider, model, date, net) = (r.Text(), r.Text(), r.Text(), r.TextOrNull(), r.TextOrEmpty(), r.Date(), r.Money());
        return (tenant, new RecordedSpend(id, date, provider, model, 1, net, new DearestRow(id, costCenter, net)));
    }

    private static RecordedSpend ReadGroup(RowReader r, InvoiceGrouping grouping)
    {
        var name = r.TextOrEmpty();
        DateOnly? day = grouping == InvoiceGrouping.Day ? r.Date() : null;
        var (rows, sum, dearest, of, from, most) = (r.Long(), r.Money(), r.Text(), r.Text(), r.TextOrNull(), r.Money());
        return new RecordedSpend(null, day, from, name, rows, sum, new DearestRow(dearest, of, most));
    }
}
