using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BudgetEngine.Reports.Fill;

/// <summary>SQLite in one transaction without a sync. Tables that are ordered by their key are staged and sorted first: in the order of days each row would be a page of its own.</summary>
internal sealed class SqliteBulk : IBulkStore
{
    private readonly SqliteConnection _connection;
    private readonly List<(string Name, string Sql)> _indexes = [];
    private readonly List<(string Table, string Columns)> _staged = [];

    public SqliteBulk(string file)
    {
        _connection = new SqliteConnection($"Data Source={file};Pooling=false;Default Timeout=0");
        _connection.Open();
        Execute("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000; pragma temp_store = file");
    }

    public void Begin()
    {
        using (var find = _connection.CreateCommand())
        {
            find.CommandText = "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in ('usage', 'balances', 'usage_days', 'model_spend')";
            using var reader = find.ExecuteReader();
            while (reader.Read()) _indexes.Add((reader.GetString(0), reader.GetString(1)));
        }

        foreach (var (name, _) in _indexes) Execute($"drop index {name}");
        Execute("begin");
    }

    public IBulkTable Into(string table, params string[] columns)
    {
        var names = string.Join(", ", columns);
        var to = table;
        if (table is "balances" or "usage_days" or "model_spend")
        {
            to = "temp.staged_" + table;
            Execute($"create table {to} as select {names} from {table} where false");
            _staged.Add((table, names));
        }

        return new Insert(_connection, $"insert into {to} ({names}) values ({string.Join(", ", columns.Select(_ => "?"))})");
    }

    public void End()
    {
        foreach (var (table, columns) in _staged)
        {
            var key = table switch { "balances" => "cost_center, user_name, period, window_date", "model_spend" => "cost_center, booked_date, model", _ => "dimension, cost_center, booked_date, name" };
            Execute($"insert into {table} ({columns}) select {columns} from temp.staged_{table} order by {key}; drop table temp.staged_{table}");
        }

        foreach (var (_, sql) in _indexes) Execute(sql);
        Execute("update model_spend_cursor set usage_id = (select max(id) from usage); update usage_days_cursor set usage_id = (select max(id) from usage); update spend_lists_cursor set usage_id = (select max(id) from usage); insert into spend_list_fills (under, after_path) values ('', '')");
        Execute("commit");
        // The engine's own: what its statements are planned by.
        Execute("pragma journal_mode = wal");
    }

    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class Insert : IBulkTable
    {
        private readonly sqlite3 _database;
        private readonly sqlite3_stmt _statement;

        public Insert(SqliteConnection connection, string sql)
        {
            _database = connection.Handle!;
            Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
        }

        public void Add(params ReadOnlySpan<object?> values)
        {
            for (var i = 0; i < values.Length; i++) Check(Bind(i + 1, values[i]));
            if (raw.sqlite3_step(_statement) != raw.SQLITE_DONE) Check(raw.sqlite3_errcode(_database));
            raw.sqlite3_reset(_statement);
        }

        public void Dispose() => _statement.Dispose();

        private int Bind(int column, object? value) => value switch
        {
            null => raw.sqlite3_bind_null(_statement, column),
            string text => raw.sqlite3_bind_text(_statement, column, text),
            bool flag => raw.sqlite3_bind_int64(_statement, column, flag ? 1 : 0),
            DateOnly date => raw.sqlite3_bind_int64(_statement, column, date.DayNumber),
            DateTimeOffset time => raw.sqlite3_bind_int64(_statement, column, (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond),
            Guid id => raw.sqlite3_bind_blob(_statement, column, id.ToByteArray(bigEndian: true)),
            _ => raw.sqlite3_bind_int64(_statement, column, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
        };

        private static void Check(int code)
        {
            if (code != raw.SQLITE_OK) throw new InvalidOperationException($"SQLite answered {code}.");
        }
    }
}
