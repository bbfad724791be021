using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Reads usage rows: one, a page, all of a range.</summary>
internal sealed class UsageReports(LedgerDatabase database) : ILedgerUsage, IRecordLookup
{
    public Task<UsageRow?> ReadRecordAsync(string tenant, string requestId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            s => s.FirstAsync<UsageRow>(
                $"select {UsageColumns.Select} from usage u where u.tenant = @tenant and u.request_id = @request_id and u.kind <> 2", UsageColumns.Read,
                cancellationToken, ("tenant", tenant), ("request_id", requestId)),
            cancellationToken);

    public Task<IReadOnlyList<UsageRow>> ReadUsageAsync(UsageFilter filter, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<UsageRow>>(
            async s =>
            {
                var conditions = ConditionsOf(s.Dialect, filter);
                var along = await IsMuchOfAllAsync(s, filter, cancellationToken) ? s.Dialect.Along("ix_usage_recorded") : "";
                var order = $"order by {(filter.ByCost ? "u.cost desc, " : "")}u.recorded_at desc, {s.Dialect.SameInstantOrder}";
                // Many rows are put in order to show a few: whole rows would be carried along.
                return await s.ListAsync(
                    $"""
                    select {UsageColumns.Select} from usage u
                    where {s.Dialect.RowAddress} in (select {s.Dialect.RowAddress} from usage u {along} where {conditions.Sql} {order} limit @limit offset @skip)
                    {order}
                    """,
                    UsageColumns.Read, cancellationToken, [.. conditions.Parameters, ("limit", (long)filter.Limit), ("skip", (long)filter.Skip)]);
            },
            cancellationToken);

    /// <summary>
    /// Whether the newest rows of a cost center are found sooner among the newest of all than among its own, which would all be sorted: of n rows of N, a page is met within about page * N / n.
    /// </summary>
    private static async Task<bool> IsMuchOfAllAsync(LedgerSession s, UsageFilter filter, CancellationToken cancellationToken)
    {
        if (filter.ByCost || filter.Range != UsageRange.All) return false;
        if (filter.CostCenter is null) return true;
        // Two sums: for one condition with "or" PostgreSQL reads the months of all cost centers.
        string SumOf(string costCenters) => $"coalesce((select {s.Dialect.Sum("b.requests")} from balances b where b.cost_center {costCenters} and b.user_name = '' and b.period = {(int)Period.Monthly}), 0)";
        var counts = await s.ListAsync(
            $"select {SumOf("= @path")}, {SumOf("in (select path from cost_centers where parent = '' and path <> @path)")}",
            r => (Own: (Int128)r.Long(), Others: (Int128)r.Long()), cancellationToken, ("path", filter.CostCenter));
        return counts is [var (own, others)] && own * own > (own + others) * (filter.Limit + filter.Skip);
    }

    public IAsyncEnumerable<UsageRow> ExportUsageAsync(UsageRange range, string? costCenter, CancellationToken cancellationToken) =>
        new UsageExport(database, range, costCenter).ReadAsync(cancellationToken);

    public Task<IReadOnlyList<MissingPrice>> ListMissingPricesAsync(string? under, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<MissingPrice>>(
            async s => await s.ListAsync(
                $"""
                select u.provider, u.model, count(*), max(u.recorded_at), {s.Dialect.Sum("u.cost")} from usage u
                where u.unpriced and u.model is not null and {Subtree.Where("u.cost_center", under)}
                group by u.provider, u.model
                order by max(u.recorded_at) desc, u.model, u.provider limit @limit
                """,
                r => new MissingPrice(r.TextOrNull(), r.Text(), r.Long(), r.Time(), r.Money()), cancellationToken, [.. Subtree.Parameters(under), ("limit", (long)limit)]),
            cancellationToken);

    private static Conditions ConditionsOf(Dialect dialect, UsageFilter filter)
    {
        var conditions = new Conditions();
        conditions.Add(Subtree.Where("u.cost_center", filter.CostCenter), Subtree.Parameters(filter.CostCenter));
        conditions.Add(UsageRangeSql.Where(filter.Range), UsageRangeSql.Parameters(filter.Range));
        conditions.AddIfAsked("u.user_name =", "user_name", filter.User);
        conditions.AddIfAsked("u.session =", "session", filter.Session);
        conditions.AddIfAsked("u.model =", "model", filter.Model);
        conditions.AddIfAsked("u.provider =", "provider", filter.Provider);
        conditions.AddIfAsked("u.status =", "status", filter.Status is { } status ? (long)status : null);
        conditions.AddIfAsked("u.request_path =", "request_path", filter.RequestPath);
        conditions.AddIfAsked("u.cost >=", "min_cost", filter.MinCost?.Nanos);
        for (var i = 0; i < filter.Tags.Count; i++)
        {
            conditions.Add($"{dialect.Tag($"@tag{i}")} = @tag_value{i}", ($"tag{i}", filter.Tags[i].Key), ($"tag_value{i}", filter.Tags[i].Value));
        }

        return conditions;
    }
}
