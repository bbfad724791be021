using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Lists of cost centers and their spend by model.</summary>
internal sealed class CostCenterReports(LedgerDatabase database) : ILedgerCostCenters
{
    public Task<bool> ExistsAsync(string costCenter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            s => s.AnyAsync("select 1 from cost_centers where path = @path", cancellationToken, ("path", costCenter)), cancellationToken);

    public Task<IReadOnlySet<string>> ReadExistingAsync(IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        database.ReportAsync(s => CostCenterNames.ReadExistingAsync(s, paths, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>> ReadSiblingsAsync(string costCenter, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync(s => CostCenterNames.ReadSiblingsAsync(s, costCenter, limit, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<CostCenterSummary>> ListCostCentersAsync(
        string? under, string? after, int limit, Func<string, DateOnly> today, CancellationToken cancellationToken, bool archived = false) =>
        database.ReportAsync<IReadOnlyList<CostCenterSummary>>(
            async s =>
            {
                var paths = await s.ListAsync(
                    $"select path from cost_centers where {Subtree.Where("path", under)} and path > @after and {(archived ? "true" : MoveTable.IsNotArchived("cost_centers.path"))} order by path limit @limit", r => r.Text(),
                    cancellationToken, [.. Subtree.Parameters(under), ("after", after ?? ""), ("limit", (long)limit)]);
                var dates = paths.Select(CostCenterId.TenantOf).Distinct(StringComparer.Ordinal).ToDictionary(t => t, today, StringComparer.Ordinal);
                var keys = paths.ConvertAll(p => (
                    Path: p, Day: BalanceKey.Day(p, "", dates[CostCenterId.TenantOf(p)]), Month: BalanceKey.Month(p, "", dates[CostCenterId.TenantOf(p)])));
                var balances = await JsonRows.BalancesAsync(s, keys.SelectMany(k => new[] { k.Day, k.Month }), cancellationToken);
                return keys.ConvertAll(k => new CostCenterSummary(k.Path, balances.GetValueOrDefault(k.Day), balances.GetValueOrDefault(k.Month)));
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListBudgetedAsync(string? under, string? after, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<string>>(
            async s => await s.ListAsync(
                $"select cost_center from budgets where user_name = '' and {Subtree.Where("cost_center", under)} and cost_center > @after and {MoveTable.IsNotArchived("budgets.cost_center")} order by cost_center limit @limit",
                r => r.Text(), cancellationToken, [.. Subtree.Parameters(under), ("after", after ?? ""), ("limit", (long)limit)]),
            cancellationToken);

    public Task<(IReadOnlyList<string> Paths, long Count)> ListChildrenAsync(string costCenter, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync(
            s => s.QueryAsync(
                """
                select path from cost_centers where parent = @parent and not exists (select 1 from archived_cost_centers a where a.path = cost_centers.path) order by path limit @limit;
                select count(*) from cost_centers where parent = @parent and not exists (select 1 from archived_cost_centers a where a.path = cost_centers.path)
                """,
                async rows =>
                {
                    IReadOnlyList<string> paths = await rows.RestAsync(r => r.Text(), cancellationToken);
                    return (paths, (await rows.NextResultAsync(r => r.Long(), cancellationToken))[0]);
                },
                cancellationToken, ("parent", costCenter), ("limit", (long)limit)),
            cancellationToken);

    public Task<IReadOnlyList<ModelSpend>> ReadModelsAsync(string costCenter, DateOnly today, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<ModelSpend>>(
            async s =>
            {
                var models = await CountedSums.ReadAsync(s, SumTable.Models, [costCenter], cancellationToken);
                return await s.ListAsync(
                    $"""
                    select model, {s.Dialect.Sum("(case when booked_date = @today then spent else 0 end)")}, {s.Dialect.Sum("spent")}, {s.Dialect.Sum("requests")}
                    from {models.From} m
                    where cost_center = @cost_center and booked_date between @first and @last
                    group by model{models.Having(s, "m", SumTable.Models.Numbers)} order by {s.Dialect.Sum("spent")} desc, model limit @limit
                    """,
                    r => new ModelSpend(r.Text(), r.Money(), r.Money(), r.Long()), cancellationToken,
                    [("cost_center", costCenter), ("today", today), ("first", Window.Containing(Period.Monthly, today)), ("last", LastOfMonth(today)), ("limit", (long)limit), .. models.Parameters]);
            },
            cancellationToken);

    private static DateOnly LastOfMonth(DateOnly date) => new(date.Year, date.Month, DateTime.DaysInMonth(date.Year, date.Month));
}
