using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Alerts;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Who spends, and since when a limit is spent.</summary>
internal sealed class SpendReports(LedgerDatabase database) : ILedgerSpend
{
    public Task<IReadOnlyList<SpentSince>> ReadSpentSinceAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<SpentSince>>(
            async s => await s.ListAsync(
                $"""
                select cost_center, user_name, period, window_date, changed_at from
                    (select cost_center, user_name, period, window_date, changed_at,
                        row_number() over (partition by cost_center, period order by window_date desc) as place
                    from threshold_marks
                    where {s.Dialect.In("cost_center", "@paths")} and user_name = '' and at = {Threshold.PartsOfOne} and fired) newest
                where place = 1 order by cost_center, period
                """,
                r => new SpentSince(r.Text(), r.TextOrEmpty(), (Period)r.Long(), r.Date(), r.Time()), cancellationToken, ("paths", costCenters.ToArray())),
            cancellationToken);

    public Task<SpendFacts> ReadSpendFactsAsync(string costCenter, DateOnly date, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async s => (await SpendTables.ReadAsync(s, [(costCenter, date)], cancellationToken)).GetValueOrDefault(costCenter, SpendFacts.None), cancellationToken);
}
