using Microsoft.Data.Sqlite;

namespace BudgetEngine.Fuzz.Oracles;

/// <summary>What a refused request may not change, read in the store beside the engine: sums and counts of every table that callers write.</summary>
internal sealed class StoreSnapshot : IDisposable
{
    private static readonly string[] _figures =
    [
        "select coalesce(max(id), 0) from usage",
        "select count(*) || '/' || coalesce(sum(version), 0) from balances",
        "select count(*) || '/' || coalesce(sum(version), 0) from budgets",
        "select count(*) from cost_centers",
        "select count(*) from tenants",
        "select count(*) from increases",
        "select count(*) from pauses",
        "select coalesce(max(entry), 0) from price_versions",
        "select count(*) || '/' || count(revoked_at) from api_keys",
        "select count(*) || '/' || coalesce(sum(length(settings)), 0) || '/' || coalesce(max(updated_at), 0) from channels",
        "select coalesce(max(id), 0) from audit_entries",
    ];

    private readonly SqliteConnection _connection;

    public StoreSnapshot(string directory)
    {
        _connection = new SqliteConnection($"Data Source={Path.Combine(directory, "ledger.db")};Mode=ReadOnly;Pooling=false");
        _connection.Open();
    }

    public string Read()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "select " + string.Join(" || '; ' || ", _figures.Select(f => $"({f})"));
        return (string)command.ExecuteScalar()!;
    }

    public long Rows()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "select count(*) from usage where kind <> 2";
        return (long)command.ExecuteScalar()!;
    }

    public void Dispose() => _connection.Dispose();
}
