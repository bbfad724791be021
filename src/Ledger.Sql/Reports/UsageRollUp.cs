using System.Runtime.InteropServices;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Moves;
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

    /// <summary>Between the tags of a place: no tag has it.</summary>
    private const char TagEnd = '\0';

    /// <summary>Where a row counts, with the tags that are told apart. Most portions have many rows of one such place: they are added up first.</summary>
    private readonly record struct Place(string CostCenter, DateOnly Date, string User, string Model, string Provider, string Tags);

    private sealed record Row(Place Place, string Tenant, string RequestId, long[] Numbers, long? Latency);

    private sealed record Portion(List<Row> Rows, KeyValuePair<UsageDayKey, UsageTally>[] Sums);

    public async Task<int> RunAsync(int limit, CancellationToken cancellationToken)
    {
        var added = await database.RollUpAsync<Portion>(
            async s =>
            {
                var rows = await NextAsync(s, limit, cancellationToken);
                return rows.Count == 0 ? null : new Portion(rows, await UsageDays.PlacedAsync(s, Sum(rows), cancellationToken));
            },
            async (s, portion) =>
            {
                await UsageDays.AddAsync(s, portion.Sums, cancellationToken);
                await RollUpCursors.MoveAsync(s, RollUpCursors.Days, portion.Rows[^1].Tenant, portion.Rows[^1].RequestId, cancellationToken);
            },
            cancellationToken);
        return added?.Rows.Count ?? 0;
    }

    // That o.kind is not 2 follows from its being 0, but the unique index of request ids is of rows whose kind is not 2, and SQLite uses it only where that is said.
    /// <summary>A correction counts where its original does: it has the original's status and tags.</summary>
    private async Task<List<Row>> NextAsync(LedgerSession s, int limit, CancellationToken cancellationToken) =>
        await s.ListAsync(
            $"""
            select {await CountedRows.NameAsync(s, cancellationToken)}, u.booked_date, u.tenant, u.request_id, u.user_name, coalesce(u.model, ''), coalesce(u.provider, ''),
                coalesce(o.status, u.status) <> 0, u.cost, u.requests, coalesce(u.input_tokens, 0), coalesce(u.cached_input_tokens, 0), coalesce(u.cache_write_tokens, 0),
                coalesce(u.output_tokens, 0), coalesce(u.reasoning_tokens, 0), u.latency_micros{string.Concat(tags.Select((_, i) => ", " + s.Dialect.Tag($"@tag{i}", "coalesce(u.tags, o.tags)")))}
            from usage u left join usage o on o.tenant = u.tenant and o.request_id = u.corrects and o.kind = 0 and o.kind <> 2 and u.kind = 1
            where {RollUpCursors.NextRows(s.Dialect, RollUpCursors.Days)}
            """,
            Read, cancellationToken, [("limit", (long)limit), .. tags.Select((t, i) => ($"tag{i}", (object?)t))]);

    private Row Read(RowReader r)
    {
        var (costCenter, date, tenant, requestId) = (r.Text(), r.Date(), r.Text(), r.Text());
        var place = new Place(costCenter, date, r.Text(), r.Text(), r.Text(), "");
        var (failed, cost, requests) = (r.Flag(), r.Long(), r.Long());
        long[] tokens = [r.Long(), r.Long(), r.Long(), r.Long(), r.Long()];
        var latency = r.LongOrNull() is { } micros ? Math.Clamp(micros, 0, MaxLatencyMicros) : (long?)null;
        foreach (var tag in tags)
        {
            if (r.TextOrNull() is { Length: > 0 } value) place = place with { Tags = $"{place.Tags}{tag}={value}{TagEnd}" };
        }

        return new Row(place, tenant, requestId, [cost, failed ? cost : 0, requests, failed ? requests : 0, .. tokens, latency is null ? 0 : 1, latency ?? 0], latency);
    }

    private Dictionary<UsageDayKey, UsageTally> Sum(List<Row> rows)
    {
        var places = new Dictionary<Place, UsageTally>();
        foreach (var row in rows)
        {
            ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(places, row.Place, out _);
            (tally ??= new UsageTally()).Add(row.Numbers, row.Latency);
        }

        var sums = new Dictionary<UsageDayKey, UsageTally>();
        foreach (var (place, tally) in places)
        {
            var values = place.Tags.Split(TagEnd, StringSplitOptions.RemoveEmptyEntries);
            foreach (var node in paths.NodesOf(place.CostCenter))
            {
                Add(sums, new UsageDayKey(UsageDimension.All, node, place.Date, ""), tally, withLatencies: true);
                Add(sums, new UsageDayKey(UsageDimension.Model, node, place.Date, place.Model), tally, withLatencies: true);
                Add(sums, new UsageDayKey(UsageDimension.Provider, node, place.Date, place.Provider), tally, withLatencies: true);
                Add(sums, new UsageDayKey(UsageDimension.User, node, place.Date, place.User), tally, withLatencies: false);
                foreach (var value in values) Add(sums, new UsageDayKey(UsageDimension.Tag, node, place.Date, value), tally, withLatencies: false);
            }
        }

        return sums;
    }

    private static void Add(Dictionary<UsageDayKey, UsageTally> sums, UsageDayKey key, UsageTally tally, bool withLatencies)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        (sum ??= new UsageTally()).Add(tally, withLatencies);
    }
}
