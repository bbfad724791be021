using System.Text.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Sql.Alerts;
using BudgetEngine.Ledger.Sql.Catalogs;
using BudgetEngine.Ledger.Sql.Fence;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Ledger.Sql.Records;

/// <summary>Deletes old rows in small steps, and leaves per cost center and date one row with the sum of what it deleted.</summary>
internal sealed class Retention(LedgerDatabase database, ModelRollUp models, UsageRollUp usage, SpendLists lists) : ILedgerHousekeeping
{
    private const int MaxRollUpSteps = 100;

    /// <summary>Of one round: the rest goes with the next, an hour later.</summary>
    private const int MaxForgetSteps = 200;

    /// <summary>A process that has not renewed its lease for so long is not told any more what it lost; it drops everything if it comes back.</summary>
    private static readonly TimeSpan SilentFor = TimeSpan.FromDays(1);

    private static readonly string[] Tokens =
        ["input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "input_characters", "output_characters"];

    private sealed record Victim(
        string Tenant, string RequestId, string CostCenter, DateOnly Date, DateTimeOffset Timestamp, DateTimeOffset RecordedAt, long Cost, long Requests,
        long?[] Tokens)
    {
        /// <summary>As if both were one row.</summary>
        public Victim Plus(Victim other) => this with
        {
            Timestamp = Timestamp > other.Timestamp ? Timestamp : other.Timestamp,
            RecordedAt = RecordedAt > other.RecordedAt ? RecordedAt : other.RecordedAt,
            Cost = Saturating.Add(Cost, other.Cost),
            Requests = Saturating.Add(Requests, other.Requests),
            Tokens = [.. Tokens.Zip(other.Tokens, (a, b) => a is null ? b : b is null ? a : Saturating.Add(a.Value, b.Value))],
        };
    }

    /// <summary>All follow the same rows, each from its own place.</summary>
    public async Task<int> RollUpAsync(int limit, CancellationToken cancellationToken)
    {
        var followed = Math.Max(await models.RunAsync(limit, cancellationToken), await usage.RunAsync(limit, cancellationToken));
        return Math.Max(followed, await lists.RunAsync(limit, cancellationToken));
    }

    public Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(s => AlertTable.ForgetAsync(s, before, limit, cancellationToken), cancellationToken);

    public async Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        // A row that is not yet in the roll-ups stays: they are never computed anew. Bounded, since new rows may come as fast as they are rolled up.
        for (var step = 0; step < MaxRollUpSteps && await RollUpAsync(limit, cancellationToken) > 0; step++)
        {
        }

        var deleted = await database.WriteAsync(s => StepAsync(s, before, limit, cancellationToken), cancellationToken);
        if (deleted > 0) return deleted;
        for (var step = 0; step < MaxForgetSteps && await database.WriteAsync(s => ForgetNodesAsync(s, limit, cancellationToken), cancellationToken) == limit; step++)
        {
        }

        return 0;
    }

    private static Task<int> ForgetNodesAsync(LedgerSession s, int limit, CancellationToken cancellationToken)
    {
        s.MayTakeLong = true;
        return FenceTables.ForgetNodesAsync(s, limit, cancellationToken);
    }

    private static async Task<int> StepAsync(LedgerSession s, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        s.MayTakeLong = true;
        await FenceTables.ForgetAsync(s, SilentFor, limit, cancellationToken);
        await KeyTable.ForgetAsync(s, before, limit, cancellationToken);
        await s.ExecuteAsync("delete from durable_holds where deadline < @before", cancellationToken, ("before", before));
        await s.ExecuteAsync(
            "delete from share_spend where booked_date < @before", cancellationToken, ("before", DateOnly.FromDateTime(before.UtcDateTime).AddDays(-1)));
        var victims = await FindAsync(s, before, limit, cancellationToken);
        if (victims.Count == 0) return 0;
        await DeleteAsync(s, victims, cancellationToken);
        await KeepSumsAsync(s, victims, cancellationToken);
        return victims.Count;
    }

    private static Task<List<Victim>> FindAsync(LedgerSession s, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        s.ListAsync(
            $"""
            select u.tenant, u.request_id, u.cost_center, u.booked_date, u.timestamp, u.recorded_at, u.cost, u.requests,
                {string.Join(", ", Tokens.Select(t => "u." + t))}
            from usage u
            where u.recorded_at < @before and u.timestamp < @before and u.kind <> 2
                and {RollUpCursors.IsRolledUp(s.Dialect)}
                -- A correction stays while its original does: without it the original's net cost would change.
                and (u.kind = 0 or not exists (
                    select 1 from usage o where o.tenant = u.tenant and o.request_id = u.corrects and o.kind <> 2 and o.kind = 0))
            order by u.recorded_at limit @limit
            {s.Dialect.SkipLocked}
            """,
            r => new Victim(
                r.Text(), r.Text(), r.Text(), r.Date(), r.Time(), r.Time(), r.Long(), r.Long(), [.. Tokens.Select(_ => r.LongOrNull())]),
            cancellationToken, ("before", before), ("limit", (long)limit));

    private static async Task DeleteAsync(LedgerSession s, List<Victim> victims, CancellationToken cancellationToken)
    {
        var keys = JsonRows.Of(victims, (to, victim) =>
        {
            to.WriteString("tenant", victim.Tenant);
            to.WriteString("request_id", victim.RequestId);
        });
        var deleted = await s.ExecuteAsync(
            $"""
            delete from usage where kind <> 2 and (tenant, request_id) in
                (select k.tenant, k.request_id from {s.Dialect.Rows("@keys", "k", ("tenant", "text"), ("request_id", "text"))})
            """,
            cancellationToken, ("keys", keys));
        if (deleted != victims.Count) throw new LedgerContentionException("Rows changed while retention deleted them.");
    }

    private static Task KeepSumsAsync(LedgerSession s, List<Victim> victims, CancellationToken cancellationToken)
    {
        var sums = victims.GroupBy(v => (v.CostCenter, v.Date)).Select(g => g.Aggregate((a, b) => a.Plus(b)))
            .OrderBy(v => v.CostCenter, StringComparer.Ordinal).ThenBy(v => v.Date);
        var json = JsonRows.Of(sums, (to, sum) => Write(s.Dialect, to, sum));
        (string, string)[] columns =
        [
            ("tenant", "text"), ("request_id", "text"), ("cost_center", "text"), ("booked_date", "date"), ("timestamp", "timestamp"),
            ("recorded_at", "timestamp"), ("cost", "bigint"), ("requests", "bigint"), .. Tokens.Select(t => (t, "bigint")),
        ];
        var names = string.Join(", ", columns.Select(c => c.Item1));
        return s.ExecuteAsync(
            $"""
            insert into usage as u ({names}, kind, user_name, status, final, flags, content_hash, batch_id)
            select {string.Join(", ", columns.Select(c => "r." + c.Item1))}, 2, '', 0, @final, 0, @no_id, @no_id
            from {s.Dialect.Rows("@rows", "r", columns)} where true
            on conflict (cost_center, booked_date) where kind = 2 do update
            set cost = {SaturatingSql.Add("u.cost", "excluded.cost")}, requests = {SaturatingSql.Add("u.requests", "excluded.requests")},
                timestamp = case when excluded.timestamp > u.timestamp then excluded.timestamp else u.timestamp end,
                recorded_at = case when excluded.recorded_at > u.recorded_at then excluded.recorded_at else u.recorded_at end,
                {string.Join(", ", Tokens.Select(t => $"{t} = case when u.{t} is null then excluded.{t} when excluded.{t} is null then u.{t} else {SaturatingSql.Add("u." + t, "excluded." + t)} end"))}
            """,
            cancellationToken, ("rows", json), ("final", true), ("no_id", Guid.Empty));
    }

    private static void Write(Dialect dialect, Utf8JsonWriter to, Victim sum)
    {
        to.WriteString("tenant", sum.Tenant);
        to.WriteString("request_id", $"retained:{sum.CostCenter}:{sum.Date:yyyy-MM-dd}");
        to.WriteString("cost_center", sum.CostCenter);
        dialect.WriteDate(to, "booked_date", sum.Date);
        dialect.WriteTime(to, "timestamp", sum.Timestamp);
        dialect.WriteTime(to, "recorded_at", sum.RecordedAt);
        to.WriteNumber("cost", sum.Cost);
        to.WriteNumber("requests", sum.Requests);
        for (var i = 0; i < Tokens.Length; i++)
        {
            if (sum.Tokens[i] is { } tokens) to.WriteNumber(Tokens[i], tokens);
        }
    }
}
