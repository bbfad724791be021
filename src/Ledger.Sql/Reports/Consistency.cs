using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// Compares balances with the sums of rows: rows are added up per leaf and window, then handed from child to parent by the text of the path alone, so that
/// nothing that the balances themselves rest on is trusted. Month by month, each in snapshots of its own: one snapshot of everything would keep the store from cleaning up
/// for as long as it takes, and other long reports from their turn.
/// </summary>
internal sealed class Consistency(LedgerDatabase database) : ILedgerConsistency
{
    private const int MaxDifferences = 100;

    /// <summary>The path without its last segment: its letters are stripped from the right up to the last slash, then the slash.</summary>
    private const string Parent = "rtrim(rtrim(cost_center, replace(cost_center, '/', '')), '/')";

    private sealed record Kind(string Name, Period Period, bool OfUsers);

    private static readonly Kind[] Kinds =
    [
        new("day", Period.Daily, false), new("month", Period.Monthly, false), new("user_day", Period.Daily, true), new("user_month", Period.Monthly, true),
    ];

    public async Task<ConsistencyReport> CheckConsistencyAsync(string? under, CancellationToken cancellationToken)
    {
        // Of a subtree nobody is told about the file, which is everybody's.
        var file = under is null ? await database.CheckFileAsync(cancellationToken) : null;
        // A sum over damaged pages says nothing, or fails.
        if (file is { Faults.Count: > 0 }) return new ConsistencyReport(0, 0, []) { File = file };
        return await CompareAsync(under, cancellationToken) with { File = file };
    }

    private async Task<ConsistencyReport> CompareAsync(string? under, CancellationToken cancellationToken)
    {
        var (rows, balances, differences) = (0L, 0L, new List<BalanceDifference>());
        var months = await database.LongReportAsync(s => MonthsAsync(s, under, cancellationToken), cancellationToken);
        foreach (var kind in Kinds)
        {
            foreach (var month in months)
            {
                var step = await database.LongReportAsync(s => StepAsync(s, kind, under, month, MaxDifferences - differences.Count, cancellationToken), cancellationToken);
                if (kind == Kinds[0]) rows += step.RowsChecked;
                balances += step.BalancesChecked;
                differences.AddRange(step.Differences);
            }
        }

        return new ConsistencyReport(rows, balances, differences);
    }

    /// <summary>Those that have a row or a balance.</summary>
    private static async Task<List<DateOnly>> MonthsAsync(LedgerSession s, string? under, CancellationToken cancellationToken) =>
        await s.ListAsync(
            $"""
            select distinct {s.Dialect.MonthOf("u.booked_date")} from (select distinct booked_date from {await CountedRows.OfAsync(s, cancellationToken)} u where {Subtree.Where("u.cost_center", under)}) u
            union
            select distinct {s.Dialect.MonthOf("b.window_date")} from balances b where {Subtree.Where("b.cost_center", under)}
            order by 1
            """,
            r => r.Date(), cancellationToken, [.. Subtree.Parameters(under)]);

    private static async Task<ConsistencyReport> StepAsync(LedgerSession s, Kind kind, string? under, DateOnly month, int limit, CancellationToken cancellationToken)
    {
        (string, object?)[] parameters = [.. Subtree.Parameters(under), ("first", month), ("last", month.AddMonths(1).AddDays(-1))];
        var usage = await CountedRows.OfAsync(s, cancellationToken);
        var rows = kind == Kinds[0] ? await s.NumberAsync($"select count(*) from {usage} u where {RowsOf(under)}", cancellationToken, parameters) : 0;
        var with = With(s.Dialect, usage, await CountedSums.BalancesAsync(s, cancellationToken), kind, under);
        var balances = await s.NumberAsync(with + $"select count(*) from stored", cancellationToken, parameters);
        var differences = await s.ListAsync(with + Differences, r => Read(r, kind), cancellationToken, [.. parameters, ("limit", (long)limit)]);
        return new ConsistencyReport(rows, balances, differences);
    }

    private static string RowsOf(string? under) => $"{Subtree.Where("u.cost_center", under)} and u.booked_date between @first and @last";

    private static string BalancesOf(string? under) => $"{Subtree.Where("b.cost_center", under)} and b.window_date between @first and @last";

    private const string Differences =
        """
        select coalesce(b.cost_center, r.cost_center), coalesce(b.user_name, r.user_name), coalesce(b.window_date, r.window_date),
            coalesce(b.spent, 0), coalesce(r.spent, 0), coalesce(b.requests, 0), coalesce(r.requests, 0)
        from stored b full join summed r on b.cost_center = r.cost_center and b.user_name = r.user_name and b.window_date = r.window_date
        where coalesce(b.spent, 0) <> coalesce(r.spent, 0) or coalesce(b.requests, 0) <> coalesce(r.requests, 0)
        order by 1, 2, 3 limit @limit
        """;

    /// <summary><c>stored</c>: the balances of this kind; <c>summed</c>: what their rows come to.</summary>
    private static string With(Dialect dialect, string usage, string balances, Kind kind, string? under)
    {
        var window = kind.Period == Period.Daily ? "u.booked_date" : dialect.MonthOf("u.booked_date");
        var user = kind.OfUsers ? "u.user_name" : "''";
        var hasParent = "cost_center like '%/%'" + (under is null ? "" : " and cost_center <> @under");
        return $"""
            with recursive leaves as (
                select u.cost_center, {user} as user_name, {window} as window_date, {dialect.Sum("u.cost")} as spent, {dialect.Sum("u.requests")} as requests, max(u.kind) as kind
                from {usage} u
                where {RowsOf(under)}
                group by 1, 2, 3, u.kind = 2
            ),
            nodes as (
                select cost_center, user_name, window_date, spent, requests, kind from leaves
                union all
                select {Parent}, user_name, window_date, spent, requests, kind from nodes where {hasParent}
            ),
            {(kind.OfUsers ? OfUsers(dialect, balances, kind.Period, under) : OfNodes(dialect, balances, kind.Period, under))}
            """;
    }

    private static string OfNodes(Dialect dialect, string balances, Period period, string? under) =>
        $"""
        summed as (
            select cost_center, '' as user_name, window_date, {dialect.Sum("spent")} as spent, {dialect.Sum("requests")} as requests from nodes
            group by cost_center, window_date
        ),
        stored as (
            select b.cost_center, b.user_name, b.window_date, b.spent, b.requests from {balances} b
            where b.user_name = '' and b.period = {(int)period} and {BalancesOf(under)}
        )

        """;

    /// <summary>Retention keeps no users: windows that hold one of its rows cannot be checked for them; nor can users whose balances are being filled in.</summary>
    private static string OfUsers(Dialect dialect, string balances, Period period, string? under) =>
        $"""
        retained as (
            select distinct cost_center, window_date from nodes where kind = 2
        ),
        summed as (
            select n.cost_center, n.user_name, n.window_date, {dialect.Sum("n.spent")} as spent, {dialect.Sum("n.requests")} as requests from nodes n
            where n.kind <> 2
                and exists (select 1 from tracked_users t where t.cost_center = n.cost_center and t.user_name in ('', n.user_name))
                and not exists (select 1 from user_fills f where f.cost_center = n.cost_center and f.user_name in ('', n.user_name))
                and not exists (select 1 from retained x where x.cost_center = n.cost_center and x.window_date = n.window_date)
            group by n.cost_center, n.user_name, n.window_date
        ),
        stored as (
            select b.cost_center, b.user_name, b.window_date, b.spent, b.requests from {balances} b
            where b.user_name > '' and b.period = {(int)period} and {BalancesOf(under)}
                and not exists (select 1 from user_fills f where f.cost_center = b.cost_center and f.user_name in ('', b.user_name))
                and not exists (select 1 from retained x where x.cost_center = b.cost_center and x.window_date = b.window_date)
        )

        """;

    private static BalanceDifference Read(RowReader r, Kind kind)
    {
        var (costCenter, user, window) = (r.Text(), r.TextOrEmpty(), r.Date());
        var (balance, rows) = (r.Money(), r.Money());
        return new BalanceDifference(kind.Name, costCenter, user, window, balance, rows, r.Long(), r.Long());
    }
}
