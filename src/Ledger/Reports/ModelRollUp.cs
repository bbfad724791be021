using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Spend by model and date of every cost center, all below included: follows the rows by a cursor, outside of their transactions.</summary>
internal sealed class ModelRollUp(LedgerDatabase database, PathCache paths)
{
    private readonly record struct Key(string CostCenter, DateOnly Date, string Model);

    private sealed record Row(string CostCenter, DateOnly Date, string Model, long Spent, long Requests, string Tenant, string RequestId);

    public Task<IReadOnlyList<ModelSpend>> ReadAsync(string costCenter, DateOnly today, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelSpend>>(
            async s => await s.ListAsync(
                """
                select model, cast(sum(case when booked_date = @today then spent else 0 end) as bigint), cast(sum(spent) as bigint),
                    cast(sum(requests) as bigint)
                from model_spend
                where cost_center = @cost_center and booked_date between @first and @last
                group by model order by sum(spent) desc, model limit @limit
                """,
                r => new ModelSpend(r.Text(), r.Money(), r.Money(), r.Long()), cancellationToken, ("cost_center", costCenter), ("today", today),
                ("first", Window.Containing(Period.Monthly, today)), ("last", LastOfMonth(today)), ("limit", (long)limit)),
            cancellationToken);

    public Task<int> RunAsync(int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                if (!await database.TryOwnRollUpAsync(s, cancellationToken)) return 0;
                var rows = await NextAsync(s, limit, cancellationToken);
                if (rows.Count == 0) return 0;
                await AddAsync(s, Sum(rows), cancellationToken);
                await MoveCursorAsync(s, rows[^1], cancellationToken);
                return rows.Count;
            },
            cancellationToken);

    private static Task<List<Row>> NextAsync(LedgerSession s, int limit, CancellationToken cancellationToken) =>
        s.ListAsync(
            $"""
            select u.cost_center, u.booked_date, coalesce(u.model, ''), u.cost, u.requests, u.tenant, u.request_id from usage u
            where u.kind <> 2 and ({s.Dialect.RollUpPosition}) > (select {s.Dialect.RollUpCursor} from model_spend_cursor) and {s.Dialect.RollUpSettled}
            order by {s.Dialect.RollUpPosition} limit @limit
            """,
            r => new Row(r.Text(), r.Date(), r.Text(), r.Long(), r.Long(), r.Text(), r.Text()), cancellationToken, ("limit", (long)limit));

    private SortedDictionary<Key, BalanceSum> Sum(List<Row> rows)
    {
        var sums = new SortedDictionary<Key, BalanceSum>(Comparer<Key>.Create(Compare));
        foreach (var row in rows)
        {
            foreach (var node in paths.NodesOf(row.CostCenter))
            {
                var key = new Key(node, row.Date, row.Model);
                var sum = sums.GetValueOrDefault(key);
                sums[key] = new BalanceSum(checked(sum.Spent + row.Spent), checked(sum.Requests + row.Requests));
            }
        }

        return sums;
    }

    private static Task AddAsync(LedgerSession s, SortedDictionary<Key, BalanceSum> sums, CancellationToken cancellationToken)
    {
        var json = JsonRows.Of(sums, (to, sum) =>
        {
            to.WriteString("cost_center", sum.Key.CostCenter);
            s.Dialect.WriteDate(to, "booked_date", sum.Key.Date);
            to.WriteString("model", sum.Key.Model);
            to.WriteNumber("spent", sum.Value.Spent);
            to.WriteNumber("requests", sum.Value.Requests);
        });
        var rows = s.Dialect.Rows(
            "@rows", "r", ("cost_center", "text"), ("booked_date", "date"), ("model", "text"), ("spent", "bigint"), ("requests", "bigint"));
        return s.ExecuteAsync(
            $"""
            insert into model_spend as m (cost_center, booked_date, model, spent, requests)
            select r.cost_center, r.booked_date, r.model, r.spent, r.requests from {rows} where true
            on conflict (cost_center, booked_date, model) do update
            set spent = m.spent + excluded.spent, requests = m.requests + excluded.requests
            """,
            cancellationToken, ("rows", json));
    }

    private static Task MoveCursorAsync(LedgerSession s, Row last, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"""
            update model_spend_cursor set ({s.Dialect.RollUpCursor}) =
                (select {s.Dialect.RollUpPosition} from usage u where u.tenant = @tenant and u.request_id = @request_id and u.kind <> 2)
            """,
            cancellationToken, ("tenant", last.Tenant), ("request_id", last.RequestId));

    private static int Compare(Key a, Key b)
    {
        var order = string.CompareOrdinal(a.CostCenter, b.CostCenter);
        if (order == 0) order = a.Date.CompareTo(b.Date);
        return order != 0 ? order : string.CompareOrdinal(a.Model, b.Model);
    }

    private static DateOnly LastOfMonth(DateOnly date) => new(date.Year, date.Month, DateTime.DaysInMonth(date.Year, date.Month));
}
