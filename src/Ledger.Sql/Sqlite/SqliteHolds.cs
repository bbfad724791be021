using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Records;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>The statements of durable holds within a batch.</summary>
internal static class SqliteHolds
{
    private static readonly string InsertHold =
        $"insert or replace into durable_holds ({string.Join(", ", HoldColumns.Names)}) " +
        $"values (?{string.Concat(HoldColumns.Names.Skip(1).Select(_ => ", ?"))})";

    public static Dictionary<Guid, HoldStamp> Stamps(SqliteWriter writer, IReadOnlyList<Guid> keys)
    {
        var stamps = new Dictionary<Guid, HoldStamp>();
        foreach (var key in keys)
        {
            var select = writer.Statement("select attempt, revision from durable_holds where key = ?");
            select.Id(key);
            while (select.Step()) stamps[key] = new HoldStamp(new Stamp(select.Long(0)), new Stamp(select.Long(1)));
        }

        return stamps;
    }

    public static Dictionary<string, long> Epochs(SqliteWriter writer, IReadOnlyList<string> nodes)
    {
        var epochs = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var select = writer.Statement("select epoch from node_epochs where cost_center = ?");
            select.Text(node);
            while (select.Step()) epochs[node] = select.Long(0);
        }

        return epochs;
    }

    public static void Apply(SqliteWriter writer, BatchEffects effects)
    {
        foreach (var (key, attempt) in effects.EndedHolds)
        {
            var delete = writer.Statement("delete from durable_holds where key = ? and attempt <= ?");
            delete.Id(key);
            delete.Number(attempt.Value);
            delete.Run();
        }

        foreach (var hold in effects.Holds)
        {
            // Replacing deletes the old row first, and its nodes with it.
            var insert = writer.Statement(InsertHold);
            HoldColumns.Write(hold, insert);
            insert.Run();
            foreach (var node in hold.Nodes.Distinct(StringComparer.Ordinal))
            {
                var name = writer.Statement("insert into durable_hold_nodes (cost_center, key) values (?, ?)");
                name.Text(node);
                name.Id(hold.Key);
                name.Run();
            }
        }
    }
}
