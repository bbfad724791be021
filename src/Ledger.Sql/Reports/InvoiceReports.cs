using BudgetEngine.Domain.Reconciliation;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Sums of usage rows with their corrections, by call, by day and model, or by model.</summary>
internal sealed class InvoiceReports(LedgerDatabase database) : ILedgerInvoiced
{
    public IAsyncEnumerable<RecordedSpend> ReadInvoicedAsync(InvoicedFilter filter, CancellationToken cancellationToken) =>
        database.StreamAsync(
            s =>
            {
                s.MayTakeLong = true;
                return s.Command(
                    filter.Grouping == InvoiceGrouping.Request ? Calls(filter) : Groups(filter),
                    [.. UsageRangeSql.Parameters(filter.Range), .. Subtree.Parameters(filter.CostCenter), ("provider", filter.Provider ?? "")]);
            },
            r => Read(r, filter.Grouping), cancellationToken);

    /// <summary>Every row with what its corrections leave of its cost.</summary>
    private static string Calls(InvoicedFilter filter) =>
        $"""
        select u.request_id, u.cost_center, u.provider, coalesce(u.model, '') as model, u.booked_date,
            cast(u.cost + coalesce((select sum(c.cost) from usage c where c.kind = 1 and c.tenant = u.tenant and c.corrects = u.request_id), 0) as bigint) as net
        from usage u
        where u.kind = 0 and (@provider = '' or u.provider is null or u.provider = @provider) and {UsageRangeSql.Where(filter.Range)} and {Subtree.Where("u.cost_center", filter.CostCenter)}
        """;

    /// <summary>Sums, each with its dearest row: what a correction of the sum would be booked on.</summary>
    private static string Groups(InvoicedFilter filter)
    {
        var by = filter.Grouping == InvoiceGrouping.Day ? "booked_date, model" : "model";
        return $"""
            select model, {(filter.Grouping == InvoiceGrouping.Day ? "booked_date, " : "")}count(*), cast(sum(net) as bigint),
                max(case when place = 1 then request_id end), max(case when place = 1 then cost_center end), max(case when place = 1 then provider end), max(net)
            from (select n.*, row_number() over (partition by {by} order by net desc, cost_center, request_id) as place from ({Calls(filter)}) as n) as p
            group by {by}
            """;
    }

    private static RecordedSpend Read(RowReader r, InvoiceGrouping grouping)
    {
        if (grouping == InvoiceGrouping.Request)
        {
            var (id, costCenter, provider, model, date, net) = (r.Text(), r.Text(), r.TextOrNull(), r.TextOrEmpty(), r.Date(), r.Money());
            return new RecordedSpend(id, date, provider, model, 1, net, new DearestRow(id, costCenter, net));
        }

        var name = r.TextOrEmpty();
        DateOnly? day = grouping == InvoiceGrouping.Day ? r.Date() : null;
        var (rows, sum, dearest, of, from, most) = (r.Long(), r.Money(), r.Text(), r.Text(), r.TextOrNull(), r.Money());
        return new RecordedSpend(null, day, from, name, rows, sum, new DearestRow(dearest, of, most));
    }
}
