using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Exports, portion by portion along an index.</summary>
internal sealed class UsageExports(LedgerDatabase database) : ILedgerExports
{
    private const string Dates = "u.booked_date >= @from and u.booked_date < @to";

    private static readonly string[] _tokens = ["input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"];

    public Task<IReadOnlyList<UsageRow>> ReadRowsAsync(ReportRange range, UsageRow? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UsageRow>>(
            async s =>
            {
                s.MayTakeLong = true;
                var rows = after is { Kind: RowKind.Retained }
                    ? []
                    : await s.ListAsync(
                        $"""
                        select {UsageColumns.Select} from usage u
                        where u.kind <> 2 and (u.tenant, u.request_id) > (@tenant, @request_id) and {Dates} and {Subtree.Where("u.cost_center", range.CostCenter)}
                        order by u.tenant, u.request_id limit @limit
                        """,
                        UsageColumns.Read, cancellationToken, [.. Of(range, limit), ("tenant", after?.Tenant ?? ""), ("request_id", after?.RequestId ?? "")]);
                if (rows.Count == limit) return rows;
                var last = after is { Kind: RowKind.Retained } ? after : null;
                rows.AddRange(await s.ListAsync(
                    $"""
                    select {UsageColumns.Select} from usage u
                    where u.kind = 2 and (u.cost_center, u.booked_date) > (@last_center, @last_date) and {Dates} and {Subtree.Where("u.cost_center", range.CostCenter)}
                    order by u.cost_center, u.booked_date limit @limit
                    """,
                    UsageColumns.Read, cancellationToken,
                    [.. Of(range, limit - rows.Count), ("last_center", last?.CostCenter ?? ""), ("last_date", last?.BookedDate ?? DateOnly.MinValue)]));
                return rows;
            },
            cancellationToken);

    public Task<IReadOnlyList<ChargeSum>> ReadChargesAsync(ReportRange range, ChargeSum? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ChargeSum>>(
            async s =>
            {
                s.MayTakeLong = true;
                var here = $"(u.cost_center, u.booked_date) > (@after_center, @after_date) and {Dates} and {Subtree.Where("u.cost_center", range.CostCenter)}";
                (string, object?)[] parameters = [.. Of(range, limit), ("after_center", after?.CostCenter ?? ""), ("after_date", after?.Date ?? DateOnly.MinValue)];
                var days = await s.ListAsync(
                    $"select distinct u.cost_center, u.booked_date from usage u where {here} order by u.cost_center, u.booked_date limit @limit",
                    r => (CostCenter: r.Text(), Date: r.Date()), cancellationToken, parameters);
                if (days.Count == 0) return [];
                return await s.ListAsync(
                    $"""
                    select u.cost_center, u.booked_date, u.provider, u.model, u.kind, cast(sum(u.cost) as bigint), cast(sum(u.requests) as bigint),
                        {string.Join(", ", _tokens.Select(t => $"cast(coalesce(sum(u.{t}), 0) as bigint)"))}
                    from usage u where {here} and (u.cost_center, u.booked_date) <= (@last_center, @last_date)
                    group by u.cost_center, u.booked_date, u.provider, u.model, u.kind order by u.cost_center, u.booked_date, u.provider, u.model, u.kind
                    """,
                    Read, cancellationToken, [.. parameters, ("last_center", days[^1].CostCenter), ("last_date", days[^1].Date)]);
            },
            cancellationToken);

    private static ChargeSum Read(RowReader r) => new(
        r.Text(), r.Date(), r.TextOrNull(), r.TextOrNull(), (RowKind)r.Long(),
        new UsageSum(r.Money(), Money.Zero, r.Long(), 0, r.Long(), r.Long(), r.Long(), r.Long(), r.Long(), 0, 0));

    private static (string Name, object? Value)[] Of(ReportRange range, int limit) =>
        [("from", range.From), ("to", range.To), ("limit", (long)limit), .. Subtree.Parameters(range.CostCenter)];
}
