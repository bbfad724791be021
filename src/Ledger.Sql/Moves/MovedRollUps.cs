using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>The roll-ups of what is moved: to the new names, from the ancestors that lose it, to those that gain it.</summary>
internal sealed class MovedRollUps(LedgerSession s, CostCenterMove move)
{
    private sealed record Table(string Name, string[] Keys, string[] Numbers)
    {
        public string All => string.Join(", ", (string[])["cost_center", .. Keys, .. Numbers]);

        public string Select(string costCenter) => string.Join(", ", (string[])[costCenter, .. Keys.Select(k => "o." + k), .. Numbers.Select(n => "o." + n)]);

        public string Key => string.Join(", ", (string[])["cost_center", .. Keys]);

        public string SameKeys => string.Join(" and ", Keys.Select(k => $"o.{k} = m.{k}"));
    }

    private static readonly Table[] _tables =
    [
        new("model_spend", ["booked_date", "model"], ["spent", "requests", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"]),
        new("share_spend", ["booked_date", "kind", "name"], ["spent"]),
        new("usage_days", ["dimension", "booked_date", "name"], UsageDays.Numbers),
    ];

    private readonly (string Name, object? Value)[] _parameters = MovePlan.Parameters(move);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Histograms are texts, which no sum of SQL adds: what they come to is found before the rows that they are found from go.
        var histograms = new SortedDictionary<UsageDayKey, LatencyHistogram>();
        await ReadHistogramsAsync(histograms, MovePlan.NewNameOf("o.cost_center"), Subtree.Where("o.cost_center", move.From), 1, _parameters, cancellationToken);
        foreach (var node in move.Gaining) await ReadHistogramsAsync(histograms, "@node", "o.cost_center = @from", 1, NodeAndFrom(node), cancellationToken);
        foreach (var node in move.Losing) await ReadHistogramsAsync(histograms, "@node", "o.cost_center = @from", -1, NodeAndFrom(node), cancellationToken);
        foreach (var table in _tables)
        {
            await AddAsync(table, MovePlan.NewNameOf("o.cost_center"), Subtree.Where("o.cost_center", move.From), _parameters, cancellationToken);
            foreach (var node in move.Gaining) await AddAsync(table, "@node", "o.cost_center = @from", NodeAndFrom(node), cancellationToken);
            foreach (var node in move.Losing) await TakeAsync(table, node, cancellationToken);
        }

        foreach (var table in _tables) await s.ExecuteAsync($"delete from {table.Name} where {Subtree.Where("cost_center", move.From)}", cancellationToken, _parameters);
        await UsageDays.SetHistogramsAsync(s, histograms, cancellationToken);
    }

    private (string, object?)[] NodeAndFrom(string node) => [("node", node), ("from", move.From)];

    private Task AddAsync(Table table, string costCenter, string which, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        var isOfDays = table.Name == "usage_days";
        return s.ExecuteAsync(
            $"""
            insert into {table.Name} as m ({table.All}{(isOfDays ? ", histogram" : "")})
            select {table.Select(costCenter)}{(isOfDays ? ", o.histogram" : "")} from {table.Name} o where {which}
            on conflict ({table.Key}) do update set {string.Join(", ", table.Numbers.Select(n => $"{n} = {SaturatingSql.Add("m." + n, "excluded." + n)}"))}
            """,
            cancellationToken, parameters);
    }

    private async Task TakeAsync(Table table, string node, CancellationToken cancellationToken)
    {
        await s.ExecuteAsync(
            $"""
            update {table.Name} as m set {string.Join(", ", table.Numbers.Select(n => $"{n} = m.{n} - o.{n}"))}
            from {table.Name} o where m.cost_center = @node and o.cost_center = @from and {table.SameKeys}
            """,
            cancellationToken, NodeAndFrom(node));
        if (table.Name == "usage_days") await TakeFromRestAsync(table, node, cancellationToken);
        // Nothing is left of names that only what was moved had.
        await s.ExecuteAsync($"delete from {table.Name} where cost_center = @node and {string.Join(" and ", table.Numbers.Select(n => n + " = 0"))}", cancellationToken, ("node", node));
    }

    private Task TakeFromRestAsync(Table table, string node, CancellationToken cancellationToken)
    {
        // A name that found no room at the ancestor stands there in the rest.
        return s.ExecuteAsync(
            $"""
            update usage_days as m set {string.Join(", ", table.Numbers.Select(n => $"{n} = m.{n} - o.{n}"))}
            from (
                select d.dimension, d.booked_date, {string.Join(", ", table.Numbers.Select(n => $"{s.Dialect.Sum("d." + n)} as {n}"))} from usage_days d
                where d.cost_center = @from and d.dimension > 0 and not exists (
                    select 1 from usage_days t where t.cost_center = @node and t.dimension = d.dimension and t.booked_date = d.booked_date and t.name = d.name)
                group by d.dimension, d.booked_date
            ) o
            where m.cost_center = @node and m.dimension = -o.dimension and m.booked_date = o.booked_date and m.name = ''
            """,
            cancellationToken, NodeAndFrom(node));
    }

    private async Task ReadHistogramsAsync(
        SortedDictionary<UsageDayKey, LatencyHistogram> sums, string costCenter, string which, int sign, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        var rows = await s.ListAsync(
            $"""
            select o.dimension, {costCenter}, o.booked_date, o.name, o.histogram, m.histogram from usage_days o
            join usage_days m on m.dimension = o.dimension and m.cost_center = {costCenter} and m.booked_date = o.booked_date and m.name = o.name
            where {which} and o.histogram <> ''
            """,
            r => (Key: UsageDayKey.Of(r.Long(), r.Text(), r.Date(), r.Text()), Moved: r.Text(), Stored: r.Text()), cancellationToken, parameters);
        foreach (var (key, moved, stored) in rows)
        {
            var sum = LatencyHistogram.Parse(stored);
            if (sign > 0) sum.AddText(moved);
            else sum.Take(LatencyHistogram.Parse(moved));
            sums[key] = sum;
        }
    }
}
