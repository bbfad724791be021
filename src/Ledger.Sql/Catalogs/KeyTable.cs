using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Catalogs;

/// <summary>API keys; only their hashes are known.</summary>
internal sealed class KeyTable(LedgerDatabase database) : ILedgerKeys
{
    private const string Columns = "id, name, hash, scopes, cost_center, expires_at, gateway, created_at, created_by, revoked_at";

    public static Task<List<StoredKey>> ListAsync(LedgerSession session, CancellationToken cancellationToken) =>
        session.ListAsync($"select {Columns} from api_keys order by created_at, id", Read, cancellationToken);

    public Task InsertKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken) => InsertAsync(key, null, admin, cancellationToken);

    public Task<bool> InsertKeyAsync(StoredKey key, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) => InsertAsync(key, claim, admin, cancellationToken);

    private Task<bool> InsertAsync(StoredKey key, ShareClaim? claim, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAtAsync(s, key.CostCenter, cancellationToken);
                if (claim is { } share && !share.Shares.HasRoom(share.Within, await s.ListAsync("select cost_center from api_keys", r => r.TextOrNull(), cancellationToken))) return false;
                await s.ExecuteAsync(
                    $"""
                    insert into api_keys ({Columns})
                    values (@id, @name, @hash, @scopes, @cost_center, @expires_at, @gateway, @created_at, @created_by, @revoked_at)
                    """,
                    cancellationToken, ("id", key.Id), ("name", key.Name), ("hash", key.Hash), ("scopes", HoldColumns.ToJson(key.Scopes)),
                    ("cost_center", key.CostCenter), ("expires_at", key.ExpiresAt), ("gateway", key.GatewayJson), ("created_at", key.CreatedAt),
                    ("created_by", key.CreatedBy), ("revoked_at", key.RevokedAt));
                await AdminWrites.AuditAsync(s, admin, "key.create", key.CostCenter, null, KeyDocument.ToJson(key), cancellationToken);
                await AdminWrites.RaiseAsync(s, "keys", 1, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// Deletes keys that have been out of force since before that instant. The newest key stays, whatever became of it: a store in which a key was ever made is never in open mode
    /// again.
    /// </summary>
    public static Task<int> ForgetAsync(LedgerSession s, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            """
            delete from api_keys where id in (select id from api_keys where revoked_at < @before or expires_at < @before limit @limit)
                and id <> (select id from api_keys order by created_at desc, id desc limit 1)
            """,
            cancellationToken, ("before", before), ("limit", (long)limit));

    public Task<bool> ReplaceKeyAsync(StoredKey read, StoredKey key, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                if (await FindAsync(s, read.Id, cancellationToken) is not { RevokedAt: null } before || !IsSame(before, read)) return false;
                await s.ExecuteAsync(
                    "update api_keys set name = @name, expires_at = @expires_at, gateway = @gateway where id = @id and revoked_at is null", cancellationToken,
                    ("id", read.Id), ("name", key.Name), ("expires_at", key.ExpiresAt), ("gateway", key.GatewayJson));
                await ChangedAsync(s, "key.put", before, admin, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<bool> RevokeKeyAsync(string id, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                if (await FindAsync(s, id, cancellationToken) is not { } before) return false;
                if (before.RevokedAt is not null) return true;
                await s.ExecuteAsync("update api_keys set revoked_at = @at where id = @id and revoked_at is null", cancellationToken, ("id", id), ("at", admin.At));
                await ChangedAsync(s, "key.revoke", before, admin, cancellationToken);
                return true;
            },
            cancellationToken);

    private static async Task ChangedAsync(LedgerSession s, string action, StoredKey before, AdminContext admin, CancellationToken cancellationToken)
    {
        var after = (await FindAsync(s, before.Id, cancellationToken))!;
        await AdminWrites.AuditAsync(s, admin, action, after.CostCenter, KeyDocument.ToJson(before), KeyDocument.ToJson(after), cancellationToken);
        await AdminWrites.RaiseAsync(s, "keys", 1, cancellationToken);
    }

    /// <summary>In what <see cref="ReplaceKeyAsync"/> replaces.</summary>
    private static bool IsSame(StoredKey stored, StoredKey read) =>
        stored.Name == read.Name && stored.GatewayJson == read.GatewayJson && Micros(stored.ExpiresAt) == Micros(read.ExpiresAt);

    /// <summary>No store keeps more of an instant.</summary>
    private static long? Micros(DateTimeOffset? time) => time?.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static Task<StoredKey?> FindAsync(LedgerSession s, string id, CancellationToken cancellationToken) =>
        s.FirstAsync<StoredKey>($"select {Columns} from api_keys where id = @id", Read, cancellationToken, ("id", id));

    private static StoredKey Read(RowReader r) => new(
        r.Text(), r.Text(), r.Bytes(), HoldColumns.TextsOf(r.Text()), r.TextOrNull(), r.TimeOrNull(), r.TextOrNull(), r.Time(), r.Text(), r.TimeOrNull());
}
