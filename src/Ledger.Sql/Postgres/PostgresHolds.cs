using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Records;
using Npgsql;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>The statements of durable holds within a batch.</summary>
internal static class PostgresHolds
{
    public static void Add(NpgsqlBatch batch, BatchEffects effects)
    {
        if (effects.EndedHolds.Count > 0)
        {
            batch.Add(PostgresSql.DeleteHolds, effects.EndedHolds.Select(e => e.Key).ToArray(), effects.EndedHolds.Select(e => e.Value.Value).ToArray());
        }

        if (effects.Holds.Count > 0) AddPuts(batch, effects.Holds);
    }

    private static void AddPuts(NpgsqlBatch batch, IReadOnlyCollection<DurableHold> holds)
    {
        var arrays = new PostgresArrays(holds.Count, HoldColumns.Names.Length);
        foreach (var hold in holds)
        {
            HoldColumns.Write(hold, arrays);
            arrays.EndRow();
        }

        batch.Add(arrays.Command(PostgresSql.PutHolds));
        batch.Add(PostgresSql.DeleteHoldNodes, holds.Select(h => h.Key).ToArray());
        var names = holds.SelectMany(h => h.Nodes.Select(n => (Node: n, h.Key))).ToList();
        batch.Add(PostgresSql.InsertHoldNodes, names.Select(n => n.Node).ToArray(), names.Select(n => n.Key).ToArray());
    }
}

/// <summary>Statements with positional parameters, which the driver sends as they are.</summary>
internal static class NpgsqlBatchParts
{
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, NpgsqlBatchCommand command)
    {
        batch.BatchCommands.Add(command);
        return command;
    }

    public static void Add(this NpgsqlBatch batch, string sql, params Array[] arrays)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var array in arrays) command.Parameters.Add(new NpgsqlParameter { Value = array });
        batch.BatchCommands.Add(command);
    }
}
