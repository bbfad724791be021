using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Moves;
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

    /// <summary>Whether a job that books corrections, or that moves cost centers, has not ended yet.</summary>
    public bool HasOpenJobs()
    {
        using var command = _connection.CreateCommand();
        command.CommandText =
            $"""select exists (select 1 from reprice_jobs where state = 0 and work like '%"dry_run":false%') or exists (select 1 from cost_center_moves where state <= {(int)MoveState.Renaming})""";
        return (long)command.ExecuteScalar()! == 1;
    }

    /// <summary>Moves that wait for what is held at their old places.</summary>
    public IReadOnlyList<string> DrainingMoves()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"select id from cost_center_moves where state = {(int)MoveState.Draining}";
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read()) ids.Add(reader.GetString(0));
        return ids;
    }

    /// <summary>A row that names an id which the engine has not given out, and is booked as if it had; null: there is none.</summary>
    /// <param name="isTrue">Whether it has.</param>
    public string? BelievedForgery(Func<string, bool> isTrue)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "select request_id, reservation_id from usage where reservation_id is not null and flags & $flag = 0";
        command.Parameters.AddWithValue("$flag", (int)RowFlags.NoReservation);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (!isTrue(rows.GetString(1))) return $"{rows.GetString(0)} settles under {rows.GetString(1)}";
        }

        return null;
    }

    public void Dispose() => _connection.Dispose();
}
