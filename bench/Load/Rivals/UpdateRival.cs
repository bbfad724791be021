using BudgetEngine.Load.Loads;
using Npgsql;

namespace BudgetEngine.Load.Rivals;

/// <summary>
/// PostgreSQL as most systems use it: one conditional <c>UPDATE … RETURNING</c> of the leaf's row per request, pooled, prepared, committed. Only the leaf has a limit; it
/// keeps no holds, no records and no request ids, so nothing is done once only and no hold lapses.
/// </summary>
internal sealed class UpdateRival(NpgsqlDataSource durable, NpgsqlDataSource holds) : IRival
{
    public const string Verb = "serve-update";

    /// <summary>Holds are committed without a wait for the disk: the same promise as the engine's holds in memory.</summary>
    public const string LazyVerb = "serve-lazy-update";

    private const string Check = "update budgets set held = held + $1 where id = $2 and spent + held + $1 <= \"limit\" returning spent";
    private const string Release = "update budgets set held = held - $1 where id = $2 returning spent";
    private const string Settle = "update budgets set spent = spent + $1, held = held - $3 where id = $2 returning spent";
    private const string Post = "update budgets set spent = spent + $1 where id = $2 returning spent";
    private const string Sums = "select coalesce(sum(spent), 0)::bigint, coalesce(sum(held), 0)::bigint from budgets where \"limit\" > 0";

    public static async Task<int> RunAsync(string port, string connectionString, bool lazyHolds)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = Sizes.UpdatePool, MaxAutoPrepare = 10, AutoPrepareMinUsages = 1, NoResetOnClose = true,
        };
        var durable = NpgsqlDataSource.Create(settings);
        await CreateTableAsync(durable);
        settings.Options = "-c synchronous_commit=off";
        return await RivalHost.RunAsync(port, new UpdateRival(durable, lazyHolds ? NpgsqlDataSource.Create(settings) : durable));
    }

    public ValueTask<bool> CheckAsync(string costCenter, string reservation) => UpdateAsync(holds, Check, costCenter, RivalAmounts.Held);

    public ValueTask<bool> ReleaseAsync(string costCenter, string reservation) => UpdateAsync(holds, Release, costCenter, RivalAmounts.Held);

    public ValueTask<bool> SettleAsync(string costCenter, string reservation, RivalRecord record) =>
        UpdateAsync(durable, Settle, costCenter, RivalAmounts.Cost, RivalAmounts.Held);

    public ValueTask<bool> PostAsync(string costCenter, RivalRecord record) => UpdateAsync(durable, Post, costCenter, RivalAmounts.Cost);

    public async ValueTask<Totals> TotalsAsync()
    {
        await using var command = durable.CreateCommand(Sums);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new Totals(reader.GetInt64(0), reader.GetInt64(1), null);
    }

    public async ValueTask DisposeAsync()
    {
        await durable.DisposeAsync();
        await holds.DisposeAsync();
    }

    /// <summary>Half of each page stays free, so that a row is updated in place and no index is touched.</summary>
    private static async Task CreateTableAsync(NpgsqlDataSource database)
    {
        await using var create = database.CreateCommand(
            "create table budgets (id text primary key, \"limit\" bigint not null, spent bigint not null, held bigint not null) with (fillfactor = 50)");
        await create.ExecuteNonQueryAsync();
        await using var fill = database.CreateCommand("insert into budgets select id, $2, 0, 0 from unnest($1) as t(id)");
        fill.Parameters.Add(new NpgsqlParameter<string[]>());
        fill.Parameters.Add(new NpgsqlParameter<long>());
        await FillAsync(fill, CostCenters.AllOfLoad(), RivalAmounts.Limit);
        await FillAsync(fill, CostCenters.AllLeaves(CostCenters.SpentTenant), 0);
    }

    private static async Task FillAsync(NpgsqlCommand fill, IEnumerable<string> ids, long limit)
    {
        ((NpgsqlParameter<string[]>)fill.Parameters[0]).TypedValue = [.. ids];
        ((NpgsqlParameter<long>)fill.Parameters[1]).TypedValue = limit;
        await fill.ExecuteNonQueryAsync();
    }

    private static async ValueTask<bool> UpdateAsync(NpgsqlDataSource database, string update, string id, long amount, long? held = null)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(update, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = amount });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        if (held is { } value) command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        return await command.ExecuteScalarAsync() is not null;
    }
}
