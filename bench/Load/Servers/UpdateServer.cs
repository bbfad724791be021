using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using BudgetEngine.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace BudgetEngine.Load;

/// <summary>What most systems do with a usage record: one <c>UPDATE … RETURNING</c> per request, durable, pooled, prepared. It stores no row.</summary>
internal sealed class UpdateServer(NpgsqlDataSource database)
{
    public const string Verb = "serve-update";

    /// <summary>A record without a cost would be rated; here that is free.</summary>
    private const long CostNanos = 4_280_000;

    private const string Update = "update budgets set spent = spent + $1 where id = $2 returning spent";

    public static async Task<int> RunAsync(string port, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = Sizes.UpdatePool, MaxAutoPrepare = 10, AutoPrepareMinUsages = 1, NoResetOnClose = true,
        };
        await using var database = NpgsqlDataSource.Create(settings);
        await CreateTableAsync(database);
        await using var app = PlainHost.Build(port, PlainHost.RefuseAsync, new UpdateServer(database).PostAsync);
        await app.RunAsync();
        return 0;
    }

    private static async Task CreateTableAsync(NpgsqlDataSource database)
    {
        await using var create = database.CreateCommand("create table if not exists budgets (id text primary key, spent bigint not null)");
        await create.ExecuteNonQueryAsync();
        await using var fill = database.CreateCommand("insert into budgets (id, spent) select id, 0 from unnest($1) as t(id) on conflict do nothing");
        fill.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. CostCenters.AllLeaves(CostCenters.LoadTenant)] });
        await fill.ExecuteNonQueryAsync();
    }

    private async Task PostAsync(HttpContext context)
    {
        var body = await PlainHost.ReadAsync(context.Request.BodyReader);
        var record = ReadUsage(null, body.Buffer);
        context.Request.BodyReader.AdvanceTo(body.Buffer.End);
        if (record.RequestId is null || record.CostCenter is null)
        {
            await PlainHost.RefuseAsync(context);
            return;
        }

        var spent = await SpendAsync(record.CostCenter);
        await PlainHost.AnswerAsync(context, Encoding.UTF8.GetBytes($$"""{"request_id":"{{record.RequestId}}","result":"recorded","spent":{{spent}}}"""));
    }

    private async Task<long> SpendAsync(string id)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(Update, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = CostNanos });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return (long)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException($"There is no budget '{id}'."));
    }

    /// <summary>The engine's own reader, which its assembly keeps to itself.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Read")]
    private static extern UsageInput ReadUsage([UnsafeAccessorType("BudgetEngine.Api.UsageJson, BudgetEngine.Api")] object? usageJson, in ReadOnlySequence<byte> record);
}
