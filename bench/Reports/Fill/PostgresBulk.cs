using System.Globalization;
using Npgsql;

namespace BudgetEngine.Reports.Fill;

/// <summary>PostgreSQL by <c>COPY</c>, one connection a table.</summary>
internal sealed class PostgresBulk(string connectionString) : IBulkStore
{
    private readonly string _connectionString = connectionString + ";Pooling=false;Search Path=budget;Command Timeout=0";
    private readonly List<string> _indexes = [];

    public void Begin()
    {
        using var connection = Open();
        using (var find = new NpgsqlCommand(
            "select indexname, indexdef from pg_indexes where schemaname = 'budget' and tablename in ('usage', 'balances', 'usage_days', 'model_spend') and indexname not like 'pk%'", connection))
        using (var reader = find.ExecuteReader())
        {
            while (reader.Read()) _indexes.Add($"drop index budget.{reader.GetString(0)}|{reader.GetString(1)}");
        }

        foreach (var index in _indexes) Execute(connection, index.Split('|')[0]);
    }

    public IBulkTable Into(string table, params string[] columns) => new Copy(Open(), $"copy {table} ({string.Join(", ", columns)}) from stdin");

    public void End()
    {
        using var connection = Open();
        Execute(connection, "set maintenance_work_mem = '512MB'");
        foreach (var index in _indexes) Execute(connection, index.Split('|')[1]);
        foreach (var cursor in (string[])["model_spend_cursor", "usage_days_cursor", "spend_lists_cursor"])
        {
            Execute(connection, $"update {cursor} set transaction_id = pg_current_xact_id(), tenant = '', request_id = ''");
        }

        Execute(connection, "insert into spend_list_fills (under, after_path) values ('', '')");
        Execute(connection, "vacuum analyze");
    }

    public void Dispose()
    {
    }

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private sealed class Copy(NpgsqlConnection connection, string sql) : IBulkTable
    {
        private readonly TextWriter _to = connection.BeginTextImport(sql);

        public void Add(params ReadOnlySpan<object?> values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                if (i > 0) _to.Write('\t');
                Write(values[i]);
            }

            _to.Write('\n');
        }

        public void Dispose()
        {
            _to.Dispose();
            connection.Dispose();
        }

        private void Write(object? value) => _to.Write(value switch
        {
            null => @"\N",
            string text => text,
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        });
    }
}
