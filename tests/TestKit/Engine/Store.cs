using BudgetEngine.TestKit.Machine;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BudgetEngine.TestKit.Engine;

/// <summary>A new, empty ledger for one test: a folder for SQLite, or a database of PostgreSQL. Removed at the end.</summary>
public sealed class Store : IDisposable
{
    private static readonly Lock _sharing = new();
    private static PostgresServer? _shared;
    private static int _users;
    private bool _shares;

    private Store(string directory, string? postgres)
    {
        Directory = directory;
        Postgres = postgres;
    }

    public string Directory { get; }

    /// <summary>Null: SQLite in <see cref="Directory"/>.</summary>
    public string? Postgres { get; }

    public string[] Arguments => Postgres is null ? ["--data", Directory] : ["--postgres", Postgres];

    public static Store NewSqlite() => new(TemporaryFolder(), null);

    /// <summary>A database of the server that all tests share while one uses it.</summary>
    public static Store NewPostgres()
    {
        lock (_sharing)
        {
            _shared ??= PostgresServer.Start();
            _users++;
            var store = OnServer(_shared);
            store._shares = true;
            return store;
        }
    }

    /// <summary>A database of a server that the test may stop and kill.</summary>
    public static Store OnServer(PostgresServer server) => new(TemporaryFolder(), server.CreateDatabase($"budget_{Guid.NewGuid():N}"));

    /// <summary>A database that is there already; for one that several servers hold.</summary>
    public static Store At(string connectionString) => new(TemporaryFolder(), connectionString);

    public static Store New(bool postgres) => postgres ? NewPostgres() : NewSqlite();

    /// <summary>All balances as the ledger stores them, read beside the engine: (cost center, user or "", month?, date) to (spent, requests).</summary>
    /// <param name="under">Of this cost center and below; null: all.</param>
    public async Task<Dictionary<BookKey, BookValue>> ReadBalancesAsync(string? under = null)
    {
        var where = under is null ? "" : $" where cost_center = '{under}' or cost_center like '{under}/%'";
        var read = await QueryAsync($"select cost_center, user_name, period, window_date, spent, requests from balances{where}", reader =>
        {
            var date = Postgres is null ? DateOnly.FromDayNumber(reader.GetInt32(3)) : reader.GetFieldValue<DateOnly>(3);
            var isMonth = Convert.ToInt32(reader.GetValue(2), System.Globalization.CultureInfo.InvariantCulture) == 3;
            return KeyValuePair.Create(new BookKey(reader.GetString(0), reader.GetString(1), isMonth, date), new BookValue(reader.GetInt64(4), reader.GetInt64(5)));
        });
        return new Dictionary<BookKey, BookValue>(read);
    }

    /// <summary>Reads the ledger's database, beside the engine.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<System.Data.Common.DbDataReader, T> map)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(map(reader));
        return rows;
    }

    /// <summary>Runs one statement on the ledger's database, beside the engine.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public void Dispose()
    {
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
        if (!_shares) return;
        lock (_sharing)
        {
            if (--_users > 0) return;
            // Not at the end of the process: the test host does not wait for that.
            _shared!.Dispose();
            _shared = null;
        }
    }

    private async Task<System.Data.Common.DbConnection> OpenAsync()
    {
        System.Data.Common.DbConnection connection = Postgres is null
            ? new SqliteConnection($"Data Source={Path.Combine(Directory, "ledger.db")};Pooling=false")
            : new NpgsqlConnection(Postgres + ";Pooling=false;Search Path=budget");
        await connection.OpenAsync();
        return connection;
    }

    private static string TemporaryFolder() => System.IO.Directory.CreateTempSubdirectory("budget-int-").FullName;
}
