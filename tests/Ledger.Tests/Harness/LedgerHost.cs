using System.Data.Common;
using System.Globalization;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Sql.Sqlite;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>One empty database of its own for a test.</summary>
public abstract class LedgerHost : IAsyncDisposable
{
    private static readonly string[] _writes = ["insert", "update", "delete"];

    private readonly List<StoreUnderTest> _stores = [];

    public abstract LedgerOptions Options { get; }

    public abstract bool SeveralProcesses { get; }

    /// <summary>A further process on the same database.</summary>
    public StoreUnderTest NewStore()
    {
        var store = CreateStore();
        _stores.Add(store);
        return store;
    }

    protected virtual StoreUnderTest CreateStore() => new(LedgerStores.Create(Options));

    private static DbCommand CommandOf(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    internal StoreUnderTest NewStore(IReadOnlyList<Migration> migrations)
    {
        var store = new StoreUnderTest(Options.Postgres is null ? new SqliteLedgerStore(Options, migrations) : new PostgresLedgerStore(Options, migrations));
        _stores.Add(store);
        return store;
    }

    /// <summary>A connection of one's own, beside the store's.</summary>
    public abstract Task<DbConnection> ConnectAsync();

    /// <summary>Runs SQL behind the store's back.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        return await CommandOf(connection, sql).ExecuteNonQueryAsync();
    }

    public async Task<long> NumberAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        return Convert.ToInt64(await CommandOf(connection, sql).ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>All that a table has, as text.</summary>
    public async Task<string> DumpAsync(string table)
    {
        await using var connection = await ConnectAsync();
        await using var reader = await CommandOf(connection, $"select * from {table}").ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return string.Join('\n', rows.Order(StringComparer.Ordinal));
    }

    /// <summary>From now on whatever writes a row of the table fails.</summary>
    public async Task PlantFaultAsync(string table)
    {
        if (Options.Postgres is not null)
        {
            await ExecuteAsync("create or replace function planted() returns trigger language plpgsql as $$ begin raise exception 'planted'; end $$");
            await ExecuteAsync($"create trigger planted before insert or update or delete on {table} for each row execute function planted()");
            return;
        }

        foreach (var write in _writes) await ExecuteAsync($"create trigger planted_{write} before {write} on {table} begin select raise(abort, 'planted'); end");
    }

    /// <summary>Ends that.</summary>
    public async Task MendFaultAsync(string table)
    {
        if (Options.Postgres is not null) await ExecuteAsync($"drop trigger planted on {table}");
        else foreach (var write in _writes) await ExecuteAsync($"drop trigger planted_{write}");
    }

    /// <summary>From now on <see cref="WrittenAsync"/> knows of every row of the table that is written.</summary>
    public async Task CountWritesAsync(string table)
    {
        await ExecuteAsync("create table if not exists writes (name text not null)");
        if (Options.Postgres is not null)
        {
            await ExecuteAsync("create or replace function counted() returns trigger language plpgsql as $$ begin insert into budget.writes values (tg_table_name); return null; end $$");
            await ExecuteAsync($"create trigger counted after insert or update or delete on {table} for each row execute function counted()");
            return;
        }

        foreach (var write in _writes) await ExecuteAsync($"create trigger counted_{table}_{write} after {write} on {table} begin insert into writes values ('{table}'); end");
    }

    /// <summary>How many rows of each counted table were written since this was asked before.</summary>
    public async Task<Dictionary<string, int>> WrittenAsync()
    {
        var written = (await DumpAsync("writes")).Split('\n', StringSplitOptions.RemoveEmptyEntries).CountBy(name => name).ToDictionary();
        await ExecuteAsync("delete from writes");
        return written;
    }

    /// <summary>SQL of an instant that is so much later.</summary>
    public string Later(string time, TimeSpan by)
    {
        var micros = by.Ticks / TimeSpan.TicksPerMicrosecond;
        return Options.Postgres is null ? $"{time} + {micros}" : $"{time} + interval '{micros} microseconds'";
    }

    /// <summary>As if the lease of a process had been renewed so much later.</summary>
    public virtual Task ShiftLeaseAsync(string process, TimeSpan by) =>
        ExecuteAsync($"update leases set renewed_at = {Later("renewed_at", by)} where process = '{process}'");

    /// <summary>As if all waits for nodes ended so much later.</summary>
    public virtual Task ShiftWaitsAsync(TimeSpan by) => ExecuteAsync($"update node_epochs set wait_until = {Later("wait_until", by)}");

    /// <summary>How many rows a table has.</summary>
    public virtual Task<long> CountAsync(string table) => NumberAsync($"select count(*) from {table}");

    /// <summary>Waits until nothing that the server itself has begun keeps roll-ups from going on.</summary>
    public virtual Task SettleAsync() => Task.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        await DisposeStoresAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task DisposeStoresAsync()
    {
        foreach (var store in _stores) await store.DisposeAsync();
        _stores.Clear();
    }
}

public class SqliteHost : LedgerHost
{
    public override LedgerOptions Options { get; } = new() { DataDirectory = Path.Combine(Path.GetTempPath(), $"ledger-sqlite-{Guid.NewGuid():N}") };

    public override bool SeveralProcesses => false;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Directory.Exists(Options.DataDirectory)) Directory.Delete(Options.DataDirectory, recursive: true);
        AutomaticIndexes.ThrowIfAny();
    }

    public override async Task<DbConnection> ConnectAsync()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(Options.DataDirectory, "ledger.db")};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}

public sealed class PostgresHost(PostgresServer server) : LedgerHost
{
    public override LedgerOptions Options { get; } = new()
    {
        Postgres = server.CreateDatabase($"t{Guid.NewGuid():N}"),
        ConnectTimeout = TimeSpan.FromSeconds(3),
        MaxConnections = 8,
    };

    public override bool SeveralProcesses => true;

    /// <summary>A transaction of autovacuum is open for a moment, and holds back what was committed after it began.</summary>
    public override async Task SettleAsync()
    {
        var begun = await NumberAsync("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
        await Eventually.HoldsAsync("all that had begun has ended", async () => await NumberAsync("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint") >= begun);
    }

    public override async Task<DbConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(Options.Postgres + ";Search Path=budget;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}

/// <summary>One server for all tests of a run; each test has its own database on it.</summary>
public sealed class PostgresFixture : IDisposable
{
    private readonly Lazy<PostgresServer> _server = new(() => PostgresServer.Start(fsync: false));

    /// <summary>Started at the first use, so that a run in which all is skipped needs none.</summary>
    public PostgresServer Server => _server.Value;

    public void Dispose()
    {
        if (_server.IsValueCreated) _server.Value.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
