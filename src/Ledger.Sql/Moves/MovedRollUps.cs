using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>
/// The roll-ups of what is moved, some rows at a time: to the new names, from the ancestors that lose them, to those that gain them. What has its old name still is counted where it
/// belongs by <see cref="CountedSums"/>, and what is rolled up meanwhile has its new name from the start.
/// </summary>
internal sealed class MovedRollUps(LedgerSession s, CostCenterMove move)
{
    private readonly (string Name, object? Value)[] _parameters = MovePlan.Parameters(move);

    /// <summary>One step, in a transaction that owns the roll-ups.</summary>
    /// <returns>How many rows of the old names went; 0: none is left.</returns>
    public async Task<int> StepAsync(int limit, CancellationToken cancellationToken)
    {
        foreach (var table in SumTable.RollUps)
        {
            // The same rows in each statement: retention, which takes old ones away, waits for those that are locked.
            var next = $"select * from {table.Name} where {table.Which} and {Subtree.Where("cost_center", move.From)} order by {table.Key} limit {limit}";
            var found = (await s.ListAsync($"{next} {s.Dialect.ForUpdate}", _ => true, cancellationToken, _parameters)).Count;
            if (found == 0) continue;
            await MoveAsync(table, $"({next})", cancellationToken);
            return found;
        }

        return 0;
    }

    private async Task MoveAsync(SumTable table, string next, CancellationToken cancellationToken)
    {
        var own = $"{next} o where o.cost_center = @from";
        // Histograms are texts, which no sum of SQL adds: what they come to is found before the rows that they are found from go.
        var histograms = new SortedDictionary<UsageDayKey, LatencyHistogram>();
        if (table.HasHistograms)
        {
            await ReadHistogramsAsync(histograms, next, MovePlan.NewNameOf("o.cost_center"), "true", 1, _parameters, cancellationToken);
            foreach (var node in move.Gaining) await ReadHistogramsAsync(histograms, next, "@node", "o.cost_center = @from", 1, With(node), cancellationToken);
            foreach (var node in move.Losing) await ReadHistogramsAsync(histograms, next, "@node", "o.cost_center = @from", -1, With(node), cancellationToken);
        }

        await AddAsync(table, MovePlan.NewNameOf("o.cost_center"), $"{next} o where true", _parameters, cancellationToken);
        foreach (var node in move.Gaining) await AddAsync(table, "@node", own, With(node), cancellationToken);
        foreach (var node in move.Losing) await TakeAsync(table, next, node, cancellationToken);
        await s.ExecuteAsync($"delete from {table.Name} where ({table.Key}) in (select {table.Key} from {next} o)", cancellationToken, _parameters);
        await UsageDays.SetHistogramsAsync(s, histograms, cancellationToken);
    }

    private (string, object?)[] With(string node) => [.. _parameters, ("node", node)];

    private Task AddAsync(SumTable table, string costCenter, string which, (string, object?)[] parameters, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"""
            insert into {table.Name} as m ({string.Join(", ", table.Columns)})
            select {string.Join(", ", table.Columns.Skip(1).Select(c => "o." + c).Prepend(costCenter))} from {which}
            on conflict ({table.Key}) do update set {string.Join(", ", table.Numbers.Select(n => $"{n} = {SaturatingSql.Add("m." + n, "excluded." + n)}"))}
            """,
            cancellationToken, parameters);

    private async Task TakeAsync(SumTable table, string next, string node, CancellationToken cancellationToken)
    {
        var isNothing = string.Join(" and ", table.Numbers.Select(n => n + " = 0"));
        var less = string.Join(", ", table.Numbers.Select(n => $"{n} = m.{n} - o.{n}"));
        if (table.HasRest) await TakeFromRestAsync(table, next, less, node, cancellationToken);
        await s.ExecuteAsync(
            $"update {table.Name} as m set {less} from {next} o where m.cost_center = @node and o.cost_center = @from and {table.SameKeys("m", "o")}", cancellationToken, With(node));
        // Nothing is left of names that only what was moved had.
        var keys = string.Join(", ", table.Keys);
        await s.ExecuteAsync(
            $"delete from {table.Name} where cost_center = @node and ({keys}) in (select {keys} from {next} o where o.cost_center = @from) and {isNothing}", cancellationToken, With(node));
    }

    /// <summary>A name that found no room at the ancestor stands there in the rest.</summary>
    private async Task TakeFromRestAsync(SumTable table, string next, string less, string node, CancellationToken cancellationToken)
    {
        var sums = string.Join(", ", table.Numbers.Select(n => $"{s.Dialect.Sum("d." + n)} as {n}"));
        await s.ExecuteAsync(
            $"""
            update usage_days as m set {less}
            from (
                select d.dimension, d.booked_date, {sums} from {next} d
                where d.cost_center = @from and not exists (
                    select 1 from usage_days t where t.cost_center = @node and t.dimension = d.dimension and t.booked_date = d.booked_date and t.name = d.name)
                group by d.dimension, d.booked_date
            ) o
            where m.cost_center = @node and m.dimension = -o.dimension and m.booked_date = o.booked_date and m.name = ''
            """,
            cancellationToken, With(node));
        await s.ExecuteAsync(
            $"delete from usage_days where dimension = {-table.Dimension} and cost_center = @node and {string.Join(" and ", table.Numbers.Select(n => n + " = 0"))}",
            cancellationToken, With(node));
    }

    private async Task ReadHistogramsAsync(
        SortedDictionary<UsageDayKey, LatencyHistogram> sums, string next, string costCenter, string which, int sign, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        var rows = await s.ListAsync(
            $"""
            select o.dimension, {costCenter}, o.booked_date, o.name, o.histogram, m.histogram from {next} o
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
