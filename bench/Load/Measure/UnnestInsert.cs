using System.Diagnostics;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using Npgsql;

namespace BudgetEngine.Load.Measure;

/// <summary>
/// The least that storing the same rows can cost: a twin of the engine's table with all its indexes and checks, one connection, one prepared
/// <c>INSERT … SELECT unnest</c> after the other, each its own durable transaction. Rows that the engine has stored, under new request ids.
/// </summary>
internal sealed class UnnestInsert(LoadOptions options, string connectionString)
{
    private const string Twin = "budget.usage_twin";

    private const string RequestId = "request_id";

    /// <summary>The load that it stands for in a match.</summary>
    public static LoadPlan On(Leaves leaves) => new("bare insert", leaves, 1, ["insert"], Sizes.UnnestRows, _ => throw new InvalidOperationException("Nothing is sent to a server."));

    public LoadWindow Run(CancellationToken cancellationToken)
    {
        using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Command Timeout=120");
        connection.Open();
        Execute(connection, $"drop table if exists {Twin}");
        Execute(connection, $"create table {Twin} (like budget.usage including all)");
        using var insert = Prepare(connection, TwinColumn.ReadAll(connection, Sizes.UnnestRows), out var requestIds);
        var meter = Meter.After(options.WarmUp, options.Length, 1);
        while (!meter.IsOver && !cancellationToken.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            Renew(requestIds);
            if (insert.ExecuteNonQuery() != Sizes.UnnestRows) throw new InvalidOperationException("The bare insert did not store all of its rows.");
            meter.Add(Meter.Whole, started);
            meter.Add(1, started);
        }

        Execute(connection, $"drop table {Twin}");
        return new LoadWindow(meter.Steps[Meter.Whole].Count / options.Length.TotalSeconds, meter.Steps, new Cores(0, 0, 0));
    }

    private static NpgsqlCommand Prepare(NpgsqlConnection connection, IReadOnlyList<TwinColumn> columns, out string[] requestIds)
    {
        var names = string.Join(", ", columns.Select(c => c.Name));
        var selected = string.Join(", ", columns.Select(c => c.IsJson ? $"t.{c.Name}::json" : "t." + c.Name));
        var places = string.Join(", ", columns.Select((_, i) => $"${i + 1}"));
        var command = new NpgsqlCommand($"insert into {Twin} ({names}) select {selected} from unnest({places}) as t({names})", connection);
        foreach (var column in columns) command.Parameters.Add(new NpgsqlParameter { Value = column.Values, NpgsqlDbType = column.Type });
        command.Prepare();
        requestIds = (string[])columns.Single(c => c.Name == RequestId).Values;
        return command;
    }

    /// <summary>New ids, sorted as the engine sorts them.</summary>
    private static void Renew(string[] requestIds)
    {
        for (var i = 0; i < requestIds.Length; i++) requestIds[i] = UniqueIds.Next().ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
        Array.Sort(requestIds, StringComparer.Ordinal);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
