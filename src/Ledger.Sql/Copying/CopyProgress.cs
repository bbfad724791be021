using System.Text.Json;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Copying;

/// <summary>How far a copy has come, in the target itself: written with the rows, so that whatever breaks it off, it goes on where it was.</summary>
internal static class CopyProgress
{
    public const string Table = "copy_progress";

    /// <summary>Among the migrations of a ledger into which a copy has begun and not ended: no engine starts on it.</summary>
    public const string Mark = "copy_under_way";

    public static async Task BeginAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        await s.ExecuteAsync($"create table if not exists {Table} (name text not null primary key, position text, done bigint not null)", cancellationToken);
        await s.ExecuteAsync(
            $"insert into migrations (name, hash, applied_at) values (@name, '', {s.Dialect.Now}) on conflict (name) do nothing", cancellationToken, ("name", Mark));
    }

    public static async Task EndAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        await s.ExecuteAsync($"drop table {Table}", cancellationToken);
        await s.ExecuteAsync("delete from migrations where name = @name", cancellationToken, ("name", Mark));
    }

    public static Task<bool> HasBegunAsync(LedgerSession s, CancellationToken cancellationToken) => s.AnyAsync("select 1 from migrations where name = @name", cancellationToken, ("name", Mark));

    /// <summary>The key of the last row that was copied (null: none yet), and how many rows were; null: the table has not begun.</summary>
    public static async Task<(IReadOnlyList<object?>? After, long Done)?> ReadAsync(LedgerSession s, CopiedTable table, CancellationToken cancellationToken)
    {
        var found = await s.ListAsync($"select position, done from {Table} where name = @name", r => (Position: r.TextOrNull(), Done: r.Long()), cancellationToken, ("name", table.Name));
        if (found.Count == 0) return null;
        if (found[0].Position is not { } text) return (null, found[0].Done);
        var key = JsonSerializer.Deserialize(text, CopyJson.Default.StringArray)!;
        return ([.. table.Key.Select((k, i) => k.Parse(key[i]))], found[0].Done);
    }

    public static Task WriteAsync(LedgerSession s, CopiedTable table, IReadOnlyList<object?>? after, long done, CancellationToken cancellationToken) => s.ExecuteAsync(
        $"insert into {Table} (name, position, done) values (@name, @position, @done) on conflict (name) do update set position = excluded.position, done = excluded.done", cancellationToken,
        ("name", table.Name), ("position", after is null ? null : JsonSerializer.Serialize([.. after.Select(CopiedColumn.TextOf)], CopyJson.Default.StringArray)), ("done", done));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class CopyJson : System.Text.Json.Serialization.JsonSerializerContext;
