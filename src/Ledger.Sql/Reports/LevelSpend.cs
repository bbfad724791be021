using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// Spend of the cost centers with so many segments, which may be 100,000. Whoever has spent in a range has a balance of one of its months, and those of a level lie together in an index: one month
/// is read along it, other ranges by a look-up for each cost center that it names.
/// </summary>
internal sealed class LevelSpend(ReportRange range, int depth)
{
    private readonly List<DateOnly> _months = MonthsOf(range);

    /// <summary>Whole months are read as such: a thirtieth of the balances.</summary>
    public static Period PeriodOf(ReportRange range) => range.From.Day == 1 && range.To.Day == 1 ? Period.Monthly : Period.Daily;

    /// <summary>Dearest first; those that spent nothing in the range are not in it. Without their usage.</summary>
    public async Task<List<CostCenterUsage>> RankedAsync(LedgerSession s, SpendPosition? after, int limit, CancellationToken cancellationToken)
    {
        var period = PeriodOf(range);
        // Months are moved at once; days that are still under an old name are added by a look-up there.
        var moves = period == Period.Daily ? await CountedRows.UnderWayAsync(s, cancellationToken) : [];
        var moved = moves.Count == 0 ? "[]" : CountedSums.Sources(moves, await SpendersAsync(s, cancellationToken));
        var isMoved = moved != "[]";
        var spends = period == Period.Daily
            ? $"""
              select d.cost_center, coalesce(d.own + d.moved, d.own, d.moved) as spent from (
                  select c.cost_center, (select {s.Dialect.Sum("b.spent")} from balances b where b.cost_center = c.cost_center and {InRange("b", period)}) as own,
                      {(isMoved ? $"m.sign * (select {s.Dialect.Sum("b.spent")} from balances b where b.cost_center = m.source and {InRange("b", period)})" : "cast(null as bigint)")} as moved
                  from ({Spenders}) c {(isMoved ? $"left join {CountedSums.SourceRows(s.Dialect, "@moved", "m")} on m.path = c.cost_center" : "")}) d
              """
            : _months.Count == 1 ? $"select b.cost_center, b.spent from balances b where {InMonths("b")}"
            : $"select b.cost_center, {s.Dialect.Sum("b.spent")} as spent from balances b where {InMonths("b")} group by b.cost_center";
        // Materialized, or each look-up would be made once for each place that names its result.
        var ranked = await s.ListAsync(
            $"""
            with t as {(period == Period.Daily ? "" : "not ")}materialized ({spends})
            select t.cost_center, t.spent from t
            where t.spent is not null and {(after is null ? "true" : "(t.spent < @after_spent or (t.spent = @after_spent and t.cost_center > @after_path))")}
            order by t.spent desc, t.cost_center limit @limit
            """,
            r => (Path: r.Text(), Spent: r.Money()), cancellationToken,
            [.. Parameters, .. isMoved ? new (string, object?)[] { ("moved", moved) } : [], ("limit", (long)limit), .. after is { } last ? new (string, object?)[] { ("after_spent", last.Spent.Nanos), ("after_path", last.CostCenter) } : []]);
        var paths = ranked.Select(r => r.Path).ToArray();
        var balances = await CountedSums.ReadAsync(s, SumTable.Balances, paths, cancellationToken);
        var requests = (await s.ListAsync(
            $"select b.cost_center, {s.Dialect.Sum("b.requests")} from {balances.From} b where {s.Dialect.In("b.cost_center", "@paths")} and {InRange("b", period)} group by b.cost_center",
            r => (Path: r.Text(), Requests: r.Long()), cancellationToken, [("paths", paths), ("from", range.From), ("to", range.To), .. balances.Parameters]))
            .ToDictionary(r => r.Path, r => r.Requests, StringComparer.Ordinal);
        return ranked.ConvertAll(r => new CostCenterUsage(r.Path, r.Spent, requests[r.Path], UsageSum.Zero));
    }

    /// <summary>Newest and largest first. Days that a move has not come to yet are those of the old names.</summary>
    public Task<List<SpendSpike>> SpikesAsync(LedgerSession s, int thousandths, int limit, CancellationToken cancellationToken) =>
        s.ListAsync(
            $"""
            select t.cost_center, t.window_date, t.spent, y.spent from ({Spenders}) c
            join balances t on t.cost_center = c.cost_center and {InRange("t", Period.Daily)}
            join balances y on y.cost_center = t.cost_center and y.user_name = '' and y.period = {(int)Period.Daily} and y.window_date = t.window_date - 1
            where y.spent > 0 and (cast(t.spent as numeric) - y.spent) * 1000 > cast(y.spent as numeric) * @thousandths
            order by t.window_date desc, cast(t.spent as numeric) - y.spent desc, t.cost_center limit @limit
            """,
            r => new SpendSpike(r.Text(), r.Date(), r.Money(), r.Money()), cancellationToken, [.. Parameters, ("thousandths", (long)thousandths), ("limit", (long)limit)]);

    private Task<List<string>> SpendersAsync(LedgerSession s, CancellationToken cancellationToken) => s.ListAsync(Spenders, r => r.Text(), cancellationToken, Parameters);

    private string Spenders => $"select {(_months.Count == 1 ? "" : "distinct ")}b.cost_center from balances b where {InMonths("b")}";

    private (string, object?)[] Parameters =>
    [
        ("from", range.From), ("to", range.To), ("depth", (long)depth), .. Subtree.Parameters(range.CostCenter), .. _months.Select((m, i) => ($"month{i}", (object?)m)),
    ];

    /// <summary>
    /// As <c>ix_balances_months</c> has them. What was moved has left balances of nothing under its old name. The number of requests is not in the index: it is looked up where nothing was spent, or
    /// each of 100,000 would be.
    /// </summary>
    private string InMonths(string b) =>
        $"""
        {b}.user_name = '' and {b}.period = {(int)Period.Monthly} and {b}.window_date in ({string.Join(", ", _months.Select((_, i) => $"@month{i}"))})
            and (length({b}.cost_center) - length(replace({b}.cost_center, '/', ''))) = @depth - 1 and {Subtree.Where($"{b}.cost_center", range.CostCenter)}
            and ({b}.spent <> 0 or (select own.requests from balances own
                where own.cost_center = {b}.cost_center and own.user_name = '' and own.period = {(int)Period.Monthly} and own.window_date = {b}.window_date) <> 0)
        """;

    private static string InRange(string b, Period period) => $"{b}.user_name = '' and {b}.period = {(int)period} and {b}.window_date >= @from and {b}.window_date < @to";

    /// <summary>Those that the range touches; it has 800 days at most.</summary>
    private static List<DateOnly> MonthsOf(ReportRange range)
    {
        var months = new List<DateOnly>();
        for (DateOnly? month = Window.Containing(Period.Monthly, range.From); month < range.To; month = Window.DateAfter(Period.Monthly, month.Value)) months.Add(month.Value);
        return months;
    }
}
