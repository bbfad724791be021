using Npgsql;

namespace BudgetEngine.Ledger.Tests.Postgres;

/// <summary>Runs the statements of Orleans' tables as its providers do: read from <c>OrleansQuery</c> by name, parameters by name, on the search path.</summary>
internal sealed class OrleansStatements(string connectionString)
{
    private Dictionary<string, string>? _texts;

    public async Task<bool> IsTrueAsync(string name, params (string Name, object? Value)[] parameters) =>
        (bool)Assert.Single(Assert.Single(await RowsAsync(name, parameters)).Values)!;

    /// <summary>The first column of the only row; null for a database null.</summary>
    public async Task<int?> NumberAsync(string name, params (string Name, object? Value)[] parameters) =>
        (int?)Assert.Single(await RowsAsync(name, parameters)).Values.First();

    public async Task<List<Dictionary<string, object?>>> RowsAsync(string name, params (string Name, object? Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        _texts ??= (await ReadAsync(new NpgsqlCommand("SELECT QueryKey, QueryText FROM OrleansQuery", connection)))
            .ToDictionary(r => (string)r["querykey"]!, r => (string)r["querytext"]!);
        var command = new NpgsqlCommand(_texts[name], connection);
        foreach (var (parameter, value) in parameters) command.Parameters.Add(Parameter(parameter, value));
        return await ReadAsync(command);
    }

    /// <summary>The providers give every parameter its type, a null its declared one: a number's here, or a text's.</summary>
    private static NpgsqlParameter Parameter(string name, object? value) => new()
    {
        ParameterName = name,
        Value = value ?? DBNull.Value,
        DbType = value switch
        {
            int => System.Data.DbType.Int32,
            long => System.Data.DbType.Int64,
            DateTime => System.Data.DbType.DateTime,
            byte[] => System.Data.DbType.Binary,
            null when name.EndsWith("Version", StringComparison.Ordinal) => System.Data.DbType.Int32,
            _ => System.Data.DbType.String,
        },
    };

    private static async Task<List<Dictionary<string, object?>>> ReadAsync(NpgsqlCommand command)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<Dictionary<string, object?>>();
            while (await reader.ReadAsync())
            {
                rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i)));
            }

            return rows;
        }
    }
}
