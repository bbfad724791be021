namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Writes API keys.</summary>
public interface ILedgerKeys
{
    Task InsertKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Replaces name, expiry, gateway profile and revocation. False when the id is unknown.</summary>
    Task<bool> UpdateKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken);
}

/// <summary>A key as stored: only the hash of it is known.</summary>
/// <param name="Hash">SHA-256 of the key, 32 bytes.</param>
/// <param name="Scopes">As in the API: check, usage, read, admin.</param>
/// <param name="CostCenter">The subtree; null: the whole installation.</param>
/// <param name="GatewayJson">The profile for the gateway dialect, as the API stores it; null: none.</param>
public sealed record StoredKey(
    string Id, string Name, byte[] Hash, IReadOnlyList<string> Scopes, string? CostCenter, DateTimeOffset? ExpiresAt, string? GatewayJson,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? RevokedAt);
