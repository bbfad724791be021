using BudgetEngine.Ledger.Sql;
using BudgetEngine.Load.Rivals;
using Npgsql;
using NpgsqlTypes;

namespace BudgetEngine.Load.Limit;

/// <summary>
/// The limit on PostgreSQL: one round trip, one transaction, everything prepared. Where a record of the batch is known already the statement fails by itself, and the batch
/// goes again without what is known.
/// </summary>
internal sealed class PostgresLimit : ILimitStore
{
    private const string Columns =
        "tenant, request_id, cost_center, user_name, session, provider, model, input_tokens, cached_input_tokens, output_tokens, latency_micros, "
        + "time_to_first_token_micros, request_path, tags, reservation_id, content_hash";

    /// <summary>Divides by zero unless every row was new.</summary>
    private const string Insert =
        $"""
        with stored as (
            insert into usage ({Columns}, kind, cost, requests, status, final, priced_as, flags, timestamp, recorded_at, booked_date, batch_id)
            select t.tenant, t.request_id, t.cost_center, t.user_name, t.session, t.provider, t.model, t.input_tokens, t.cached_input_tokens, t.output_tokens, t.latency_micros,
                t.time_to_first_token_micros, t.request_path, t.tags::json, t.reservation_id, t.content_hash, 0, $17, 1, 0, true, $18, 0, $19, $19, $20, $21
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) as t({Columns})
            on conflict (tenant, request_id) where kind <> 2 do nothing
            returning 1)
        select 1 / (case when count(*) = $22 then 1 else 0 end) from stored
        """;

    private const string AddBalances =
        """
        insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version)
        select t.cost_center, '', $4, $5, t.requests * $3, t.requests, 1 from unnest($1, $2) as t(cost_center, requests)
        on conflict (cost_center, user_name, period, window_date) do update
        set spent = b.spent + excluded.spent, requests = b.requests + excluded.requests, version = b.version + 1
        """;

    private const string SelectKnown =
        "select u.tenant, u.request_id from unnest($1, $2) as k(tenant, request_id) join usage u on u.tenant = k.tenant and u.request_id = k.request_id and u.kind <> 2";

    /// <summary>Rows, and balances by level of the tree: each level must come to what the rows come to.</summary>
    private const string SelectTotals =
        """
        select (select count(*) from usage), (select coalesce(sum(cost), 0)::bigint from usage), s.spent
        from (select array_agg(l.spent) as spent from (select sum(spent)::bigint as spent from balances group by length(cost_center) - length(replace(cost_center, '/', ''))) l) s
        """;

    private readonly string _connectionString;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _batch;
    private readonly NodeSums _sums = new();

    private PostgresLimit(string connectionString)
    {
        _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "budget", Pooling = false }.ToString();
        _connection = new NpgsqlConnection(_connectionString);
        _connection.Open();
        _batch = new NpgsqlBatch(_connection) { BatchCommands = { new NpgsqlBatchCommand(Insert), new NpgsqlBatchCommand(AddBalances) } };
        const NpgsqlDbType array = NpgsqlDbType.Array;
        Declare(0, [.. Enumerable.Repeat(array | NpgsqlDbType.Text, 7), .. Enumerable.Repeat(array | NpgsqlDbType.Bigint, 5), .. Enumerable.Repeat(array | NpgsqlDbType.Text, 3), array | NpgsqlDbType.Uuid,
            NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.TimestampTz, NpgsqlDbType.Date, NpgsqlDbType.Uuid, NpgsqlDbType.Bigint]);
        Declare(1, [array | NpgsqlDbType.Text, array | NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Smallint, NpgsqlDbType.Date]);
        _batch.Prepare();
    }

    public static async Task<PostgresLimit> OpenAsync(string connectionString)
    {
        await LimitSchema.MigrateAsync(new LedgerOptions { Postgres = connectionString });
        return new PostgresLimit(connectionString);
    }

    public bool[] Commit(IReadOnlyList<LimitRecord> batch)
    {
        var recorded = new bool[batch.Count];
        Array.Fill(recorded, true);
        try
        {
            Store(batch);
        }
        catch (PostgresException notAllNew) when (notAllNew.SqlState == PostgresErrorCodes.DivisionByZero)
        {
            var known = Known(batch);
            for (var i = 0; i < recorded.Length; i++) recorded[i] = known.Add(batch[i].Key);
            Store([.. batch.Where((_, i) => recorded[i])]);
        }

        return recorded;
    }

    public Totals Totals()
    {
        using var connection = new NpgsqlConnection(_connectionString);
        connection.Open();
        using var command = new NpgsqlCommand(SelectTotals, connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        var (records, cost) = (reader.GetInt64(0), reader.GetInt64(1));
        var levels = reader.IsDBNull(2) ? [] : reader.GetFieldValue<long[]>(2);
        return levels.All(l => l == cost) ? new Totals(cost, 0, records) : throw new InvalidOperationException($"Balances differ from rows: {string.Join(", ", levels)}, {cost}.");
    }

    public void Dispose()
    {
        _batch.Dispose();
        _connection.Dispose();
    }

    private void Store(IReadOnlyList<LimitRecord> batch)
    {
        if (batch.Count == 0) return;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var today = DateOnly.FromDateTime(now);
        Set(0,
        [
            Of(batch, r => r.Tenant), Of(batch, r => r.Sent.RequestId), Of(batch, r => r.CostCenter), Of(batch, r => r.Sent.Usage.User), Of(batch, r => r.Sent.Usage.Session),
            Of(batch, r => r.Sent.Usage.Provider), Of(batch, r => r.Sent.Usage.Model), Of(batch, r => r.Sent.Usage.InputTokens), Of(batch, r => r.Sent.Usage.CachedInputTokens),
            Of(batch, r => r.Sent.Usage.OutputTokens), Of(batch, r => r.Sent.Usage.LatencyMicros), Of(batch, r => r.Sent.Usage.TimeToFirstTokenMicros),
            Of(batch, r => r.Sent.Usage.RequestPath), Of(batch, r => r.TagsJson), Of(batch, r => r.ReservationId),
            Of(batch, r => r.ContentHash), RivalAmounts.Cost, LimitSchema.PricedAs, now, today, Guid.NewGuid(), (long)batch.Count,
        ]);
        _sums.Clear();
        foreach (var record in batch) _sums.Add(record.CostCenter);
        Set(1, [_sums.Requests.Keys.ToArray(), _sums.Requests.Values.ToArray(), RivalAmounts.Cost, (short)LimitSchema.Month, LimitSchema.MonthOf(today)]);
        // Both statements are one transaction: they are sent together, and nothing has begun another.
        _batch.ExecuteNonQuery();
    }

    private HashSet<(string, string)> Known(IReadOnlyList<LimitRecord> batch)
    {
        using var command = new NpgsqlCommand(SelectKnown, _connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Of(batch, r => r.Tenant) });
        command.Parameters.Add(new NpgsqlParameter { Value = Of(batch, r => r.Sent.RequestId) });
        using var reader = command.ExecuteReader();
        var known = new HashSet<(string, string)>();
        while (reader.Read()) known.Add((reader.GetString(0), reader.GetString(1)));
        return known;
    }

    private void Declare(int command, NpgsqlDbType[] types)
    {
        foreach (var type in types) _batch.BatchCommands[command].Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
    }

    private void Set(int command, object[] values)
    {
        for (var i = 0; i < values.Length; i++) _batch.BatchCommands[command].Parameters[i].Value = values[i];
    }

    private static T[] Of<T>(IReadOnlyList<LimitRecord> batch, Func<LimitRecord, T> column)
    {
        var values = new T[batch.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(batch[i]);
        return values;
    }
}
