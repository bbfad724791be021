using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Sums of usage rows by cost center, date, provider and model, portion by portion along an index.</summary>
internal sealed class UsageCharges(LedgerDatabase database) : ILedgerCharges
{
    private static readonly string[] _tokens = ["input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"];

    public Task<IReadOnlyList<ChargeSum>> ReadChargesAsync(UsageRange range, string? costCenter, ChargeSum? after, int limit, CancellationToken cancellationToken) =>
        database.LongReportAsync<IReadOnlyList<ChargeSum>>(
            async s =>
            {
                var here = $"(u.cost_center, u.booked_date) > (@after_center, @after_date) and {UsageRangeSql.Where(range)} and {Subtree.Where("u.cost_center", costCenter)}";
                (string, object?)[] parameters =
                [
                    .. UsageRangeSql.Parameters(range), .. Subtree.Parameters(costCenter), ("after_center", after?.CostCenter ?? ""), ("after_date", after?.Date ?? DateOnly.MinValue),
                ];
                var days = await s.ListAsync(
                    $"select distinct u.cost_center, u.booked_date from usage u where {here} order by u.cost_center, u.booked_date limit @limit",
                    r => (CostCenter: r.Text(), Date: r.Date()), cancellationToken, [.. parameters, ("limit", (long)limit)]);
                if (days.Count == 0) return [];
                return await s.ListAsync(
                    $"""
                    select u.cost_center, u.booked_date, u.provider, u.model, u.kind, {s.Dialect.Sum("u.cost")}, {s.Dialect.Sum("u.requests")},
                        {string.Join(", ", _tokens.Select(t => $"coalesce({s.Dialect.Sum("u." + t)}, 0)"))}
                    from usage u where {here} and (u.cost_center, u.booked_date) <= (@last_center, @last_date)
                    group by u.cost_center, u.booked_date, u.provider, u.model, u.kind order by u.cost_center, u.booked_date, u.provider, u.model, u.kind
                    """,
                    Read, cancellationToken, [.. parameters, ("last_center", days[^1].CostCenter), ("last_date", days[^1].Date)]);
            },
            cancellationToken);

    private static ChargeSum Read(RowReader r) => new(
        r.Text(), r.Date(), r.TextOrNull(), r.TextOrNull(), (RowKind)r.Long(),
        new UsageSum(r.Money(), Money.Zero, r.Long(), 0, r.Long(), r.Long(), r.Long(), r.Long(), r.Long(), 0, 0));
}
