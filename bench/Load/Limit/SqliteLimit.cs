using BudgetEngine.Ledger.Sql;
using BudgetEngine.Load.Rivals;
using Microsoft.Data.Sqlite;

namespace BudgetEngine.Load.Limit;

/// <summary>The limit on SQLite: one connection with prepared statements, and the settings of the engine's writer.</summary>
internal sealed class SqliteLimit : ILimitStore
{
    /// <summary>As <c>SqliteWriter</c> and <c>SqliteLog</c> of the engine have them.</summary>
    private const string Settings =
        """
        pragma journal_mode = wal;
        pragma synchronous = full;
        pragma foreign_keys = on;
        pragma temp_store = memory;
        pragma cache_size = -65536;
        pragma wal_autocheckpoint = 16000;
        """;

    private const string Insert =
        """
        insert into usage (id, tenant, request_id, cost_center, user_name, session, provider, model, input_tokens, cached_input_tokens, output_tokens, latency_micros,
            time_to_first_token_micros, request_path, tags, reservation_id, content_hash, cost, priced_as, timestamp, recorded_at, booked_date, batch_id, kind, requests, status, final, flags)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0, 1, 0)
        on conflict (tenant, request_id) where kind <> 2 do nothing
        """;

    private const string AddBalance =
        """
        insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version) values (?, '', ?, ?, ?, ?, 1)
        on conflict (cost_center, user_name, period, window_date) do update
        set spent = b.spent + excluded.spent, requests = b.requests + excluded.requests, version = b.version + 1
        """;

    private readonly string _connectionString;
    private readonly SqliteConnection _connection;
    private readonly LimitStatement _begin;
    private readonly LimitStatement _insert;
    private readonly LimitStatement _addBalance;
    private readonly LimitStatement _commit;
    private readonly NodeSums _sums = new();
    private long _lastId;

    private SqliteLimit(string folder)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "ledger.db"), Pooling = false }.ToString();
        _connection = new SqliteConnection(_connectionString);
        _connection.Open();
        Command(_connection, Settings).ExecuteNonQuery();
        _lastId = (long)Command(_connection, "select coalesce(max(id), 0) from usage").ExecuteScalar()!;
        LimitStatement Prepare(string sql) => new(_connection.Handle!, sql);
        (_begin, _insert, _addBalance, _commit) = (Prepare("begin immediate"), Prepare(Insert), Prepare(AddBalance), Prepare("commit"));
    }

    public static async Task<SqliteLimit> OpenAsync(string folder)
    {
        await LimitSchema.MigrateAsync(new LedgerOptions { DataDirectory = folder });
        return new SqliteLimit(folder);
    }

    public bool[] Commit(IReadOnlyList<LimitRecord> batch)
    {
        var recorded = new bool[batch.Count];
        var (now, batchId) = (TimeProvider.System.GetUtcNow(), Guid.NewGuid());
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        _begin.Run();
        _sums.Clear();
        for (var i = 0; i < recorded.Length; i++)
        {
            recorded[i] = Store(batch[i], now, today, batchId);
            if (recorded[i]) _sums.Add(batch[i].CostCenter);
        }

        foreach (var (node, requests) in _sums.Requests) AddTo(node, requests, LimitSchema.MonthOf(today));
        _commit.Run();
        return recorded;
    }

    public Totals Totals()
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var rows = Command(connection, "select count(*), coalesce(sum(cost), 0) from usage").ExecuteReader();
        rows.Read();
        var (records, cost) = (rows.GetInt64(0), rows.GetInt64(1));
        using var levels = Command(connection, "select sum(spent) from balances group by length(cost_center) - length(replace(cost_center, '/', ''))").ExecuteReader();
        while (levels.Read())
        {
            if (levels.GetInt64(0) != cost) throw new InvalidOperationException($"Balances differ from rows: {levels.GetInt64(0)}, {cost}.");
        }

        return new Totals(cost, 0, records);
    }

    public void Dispose()
    {
        foreach (var statement in (LimitStatement[])[_begin, _insert, _addBalance, _commit]) statement.Dispose();
        _connection.Dispose();
    }

    private bool Store(LimitRecord record, DateTimeOffset now, DateOnly today, Guid batchId)
    {
        var usage = record.Sent.Usage;
        var micros = (now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        _insert.Number(_lastId + 1);
        foreach (var text in (ReadOnlySpan<string?>)[record.Tenant, record.Sent.RequestId, record.CostCenter, usage.User, usage.Session, usage.Provider, usage.Model]) _insert.Text(text);
        foreach (var number in (ReadOnlySpan<long?>)[usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.LatencyMicros, usage.TimeToFirstTokenMicros]) _insert.Number(number);
        foreach (var text in (ReadOnlySpan<string?>)[usage.RequestPath, record.TagsJson, record.ReservationId]) _insert.Text(text);
        _insert.Id(record.ContentHash);
        _insert.Number(RivalAmounts.Cost);
        _insert.Text(LimitSchema.PricedAs);
        foreach (var number in (ReadOnlySpan<long>)[micros, micros, today.DayNumber]) _insert.Number(number);
        _insert.Id(batchId);
        if (_insert.Run() == 0) return false;
        _lastId++;
        return true;
    }

    private void AddTo(string node, long requests, DateOnly month)
    {
        _addBalance.Text(node);
        foreach (var number in (ReadOnlySpan<long>)[LimitSchema.Month, month.DayNumber, requests * RivalAmounts.Cost, requests]) _addBalance.Number(number);
        _addBalance.Run();
    }

    private static SqliteCommand Command(SqliteConnection connection, string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }
}
