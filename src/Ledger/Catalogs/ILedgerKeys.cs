namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Writes API keys. What is revoked stays revoked: no write touches more of a key than it says.</summary>
public interface ILedgerKeys
{
    /// <summary>Stores a key, however many there are: for the operator.</summary>
    Task InsertKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Stores a key if its maker's share has room. Revoked and expired ones count until retention deletes them.</summary>
    /// <returns>False: it has none.</returns>
    Task<bool> InsertKeyAsync(StoredKey key, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Replaces name, expiry and gateway profile, if the key still has those that were read and is not revoked.</summary>
    /// <param name="read">As the change was made from.</param>
    /// <returns>False: it is another by now, revoked, or unknown.</returns>
    Task<bool> ReplaceKeyAsync(StoredKey read, StoredKey key, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Revokes a key; the time of an earlier revocation stays. False when the id is unknown.</summary>
    Task<bool> RevokeKeyAsync(string id, AdminContext admin, CancellationToken cancellationToken);
}

/// <summary>A key as stored: only the hash of it is known.</summary>
/// <param name="Hash">SHA-256 of the key, 32 bytes.</param>
/// <param name="Scopes">As in the API: check, usage, read, admin.</param>
/// <param name="CostCenter">The subtree; null: the whole installation.</param>
/// <param name="GatewayJson">The profile for the gateway dialect, as the API stores it; null: none.</param>
public sealed record StoredKey(
    string Id, string Name, byte[] Hash, IReadOnlyList<string> Scopes, string? CostCenter, DateTimeOffset? ExpiresAt, string? GatewayJson,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? RevokedAt);
