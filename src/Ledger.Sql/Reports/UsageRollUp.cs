using System.Text.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// Usage by day of every cost center, all below included, for the reports: as a whole, by model, provider, user and tag, with latencies as histograms. Follows the
/// rows by a cursor of its own, so that it can begin with the oldest kept row when it is new.
/// </summary>
/// <param name="tags">Keys of tags that are told apart.</param>
internal sealed class UsageRollUp(LedgerDatabase database, PathCache paths, IReadOnlyList<string> tags)
{
    /// <summary>A row's latency counts at most as much: their sum must fit, whatever callers say.</summary>
    private const long MaxLatencyMicros = 86_400_000_000;

    private sealed record Row(
        string CostCenter, DateOnly Date, string Tenant, string RequestId, string User, string Model, string Provider, string? TagsJson, bool Failed, UsageSum Sum, long? Latency);

    public Task<int> RunAsync(int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                if (!await database.TryOwnRollUpAsync(s, cancellationToken)) return 0;
                var rows = await NextAsync(s, limit, cancellationToken);
                if (rows.Count == 0) return 0;
                await UsageDays.AddAsync(s, await UsageDays.PlacedAsync(s, Sum(rows), cancellationToken), cancellationToken);
                await MoveCursorAsync(s, rows[^1], cancellationToken);
                return rows.Count;
            },
            cancellationToken);

    /// <summary>A correction counts where its original does: it has the original's status and tags.</summary>
    private static Task<List<Row>> NextAsync(LedgerSession s, int limit, CancellationToken cancellationToken) =>
        s.ListAsync(
            $"""
            select u.cost_center, u.booked_date, u.tenant, u.request_id, u.user_name, coalesce(u.model, ''), coalesce(u.provider, ''), coalesce(u.tags, o.tags),
                coalesce(o.status, u.status) <> 0, u.cost, u.requests, coalesce(u.input_tokens, 0), coalesce(u.cached_input_tokens, 0), coalesce(u.cache_write_tokens, 0),
                coalesce(u.output_tokens, 0), coalesce(u.reasoning_tokens, 0), u.latency_micros
            from usage u left join usage o on o.tenant = u.tenant and o.request_id = u.corrects and o.kind = 0 and u.kind = 1
            where u.kind <> 2 and ({s.Dialect.RollUpPosition}) > (select {s.Dialect.RollUpCursor} from usage_days_cursor) and {s.Dialect.RollUpSettled}
            order by {s.Dialect.RollUpPosition} limit @limit
            """,
            Read, cancellationToken, ("limit", (long)limit));

    private static Row Read(RowReader r)
    {
        var (costCenter, date, tenant, requestId, user, model, provider, tagsJson, failed) =
            (r.Text(), r.Date(), r.Text(), r.Text(), r.Text(), r.Text(), r.Text(), r.TextOrNull(), r.Flag());
        var (cost, requests) = (r.Money(), r.Long());
        var sum = new UsageSum(cost, failed ? cost : Money.Zero, requests, failed ? requests : 0, r.Long(), r.Long(), r.Long(), r.Long(), r.Long(), 0, 0);
        var latency = r.LongOrNull() is { } micros ? Math.Clamp(micros, 0, MaxLatencyMicros) : (long?)null;
        return new Row(
            costCenter, date, tenant, requestId, user, model, provider, tagsJson, failed, latency is null ? sum : sum with { Latencies = 1, LatencyMicros = latency.Value }, latency);
    }

    private SortedDictionary<UsageDayKey, UsageSum> Sum(List<Row> rows)
    {
        var sums = new SortedDictionary<UsageDayKey, UsageSum>();
        foreach (var row in rows)
        {
            var values = TagsOf(row).ToList();
            foreach (var node in paths.NodesOf(row.CostCenter))
            {
                Add(UsageDimension.All, "", withLatencies: true);
                Add(UsageDimension.Model, row.Model, withLatencies: true);
                Add(UsageDimension.Provider, row.Provider, withLatencies: true);
                Add(UsageDimension.User, row.User, withLatencies: false);
                foreach (var value in values) Add(UsageDimension.Tag, value, withLatencies: false);

                void Add(UsageDimension dimension, string name, bool withLatencies)
                {
                    var key = new UsageDayKey(dimension, node, row.Date, name);
                    var histogram = withLatencies ? sums.GetValueOrDefault(key)?.Histogram ?? new LatencyHistogram() : null;
                    if (row.Latency is { } latency) histogram?.Add(latency);
                    sums[key] = (sums.TryGetValue(key, out var sum) ? sum with { Histogram = null } + row.Sum : row.Sum) with { Histogram = histogram };
                }
            }
        }

        return sums;
    }

    private IEnumerable<string> TagsOf(Row row)
    {
        if (row.TagsJson is null || tags.Count == 0) yield break;
        using var document = JsonDocument.Parse(row.TagsJson);
        foreach (var tag in tags)
        {
            if (document.RootElement.TryGetProperty(tag, out var value) && value.GetString() is { Length: > 0 } text) yield return $"{tag}={text}";
        }
    }

    private static Task MoveCursorAsync(LedgerSession s, Row last, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"""
            update usage_days_cursor set ({s.Dialect.RollUpCursor}) =
                (select {s.Dialect.RollUpPosition} from usage u where u.tenant = @tenant and u.request_id = @request_id and u.kind <> 2)
            """,
            cancellationToken, ("tenant", last.Tenant), ("request_id", last.RequestId));
}
