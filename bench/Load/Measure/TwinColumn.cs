using System.Globalization;
using BudgetEngine.Load.Loads;
using Npgsql;
using NpgsqlTypes;

namespace BudgetEngine.Load.Measure;

/// <summary>One column of stored usage rows, as the array that the engine would send.</summary>
internal sealed record TwinColumn(string Name, bool IsJson, NpgsqlDbType Type, Array Values)
{
    /// <summary>What is sent; the other columns are filled by their defaults.</summary>
    private const string SelectNames =
        """
        select string_agg(column_name, ', ' order by ordinal_position) from information_schema.columns
        where table_schema = 'budget' and table_name = 'usage' and column_default is null and is_generated = 'NEVER' and is_identity = 'NO'
        """;

    /// <summary>The columns of this many of the newest rows of the load.</summary>
    public static IReadOnlyList<TwinColumn> ReadAll(NpgsqlConnection connection, int rows)
    {
        using var names = new NpgsqlCommand(SelectNames, connection);
        var select = $"select {names.ExecuteScalar()} from budget.usage where tenant = $1 order by recorded_at desc limit $2";
        using var command = new NpgsqlCommand(select, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = CostCenters.LoadTenant });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rows });
        using var reader = command.ExecuteReader();
        var values = Enumerable.Range(0, reader.FieldCount).Select(_ => new object?[rows]).ToArray();
        var count = 0;
        for (; reader.Read(); count++)
        {
            for (var i = 0; i < values.Length; i++) values[i][count] = reader.IsDBNull(i) ? null : reader.GetValue(i);
        }

        if (count < rows) throw new InvalidOperationException($"The engine has stored only {count} rows; {rows} are needed.");
        return [.. values.Select((v, i) => Of(reader.GetName(i), reader.GetDataTypeName(i), v))];
    }

    private static TwinColumn Of(string name, string type, object?[] values) => type switch
    {
        "text" => Make(name, NpgsqlDbType.Text, values, v => (string?)v),
        "json" => Make(name, NpgsqlDbType.Text, values, v => (string?)v) with { IsJson = true },
        "boolean" => Make(name, NpgsqlDbType.Boolean, values, v => (bool?)v),
        "uuid" => Make(name, NpgsqlDbType.Uuid, values, v => (Guid?)v),
        "date" => Make(name, NpgsqlDbType.Date, values, v => v is DateTime time ? DateOnly.FromDateTime(time) : (DateOnly?)v),
        "timestamp with time zone" => Make(name, NpgsqlDbType.TimestampTz, values, v => (DateTime?)v),
        "bigint" or "integer" or "smallint" => Make(name, NpgsqlDbType.Bigint, values, v => v is null ? (long?)null : Convert.ToInt64(v, CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException($"Column {name} has the type {type}, which this copy does not know."),
    };

    private static TwinColumn Make<T>(string name, NpgsqlDbType type, object?[] values, Func<object?, T> convert) =>
        new(name, false, NpgsqlDbType.Array | type, Array.ConvertAll(values, v => convert(v)));
}
