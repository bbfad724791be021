using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Small tables that every process keeps in memory whole: prices, tenants with inherited settings, keys. A version per catalog tells when to read again.</summary>
public interface ILedgerCatalogs
{
    Task<CatalogVersions> ReadCatalogVersionsAsync(CancellationToken cancellationToken);

    /// <summary>All versions of all prices, deletions included, ascending by entry.</summary>
    Task<IReadOnlyList<PriceVersion>> ReadPricesAsync(CancellationToken cancellationToken);

    /// <summary>Stores price versions (a null price is a deletion), all or none; one audit entry each.</summary>
    Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken);

    Task<Policies> ReadPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Creates the tenant with default settings if it is not there.</summary>
    Task CreateTenantAsync(string tenant, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>All keys that were ever created, revoked ones too.</summary>
    Task<IReadOnlyList<StoredKey>> ReadKeysAsync(CancellationToken cancellationToken);

    Task InsertKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Replaces name, expiry, gateway profile and revocation. False when the id is unknown.</summary>
    Task<bool> UpdateKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken);
}

/// <summary>Each grows by at least one with every change of its catalog.</summary>
public readonly record struct CatalogVersions(long Prices, long Policies, long Keys);

/// <summary>All tenants, and the inherited settings of every cost center that sets any.</summary>
public sealed record Policies(IReadOnlyList<TenantSettings> Tenants, IReadOnlyList<(string CostCenter, InheritedSettings Settings)> Inherited);

/// <summary>A key as stored: only the hash of it is known.</summary>
/// <param name="Hash">SHA-256 of the key, 32 bytes.</param>
/// <param name="Scopes">As in the API: check, usage, read, admin.</param>
/// <param name="CostCenter">The subtree; null: the whole installation.</param>
/// <param name="GatewayJson">The profile for the gateway dialect, as the API stores it; null: none.</param>
public sealed record StoredKey(
    string Id, string Name, byte[] Hash, IReadOnlyList<string> Scopes, string? CostCenter, DateTimeOffset? ExpiresAt, string? GatewayJson,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? RevokedAt);

/// <summary>Who does an administrative write, when, and why; every such write leaves an audit entry in its transaction.</summary>
/// <param name="Actor">The key's id, <c>open</c> in open mode, or <c>env</c> for the key of the environment.</param>
public sealed record AdminContext(DateTimeOffset At, string Actor, string? Reason);

/// <summary>One administrative write. <paramref name="Before"/> and <paramref name="After"/> are JSON; null: not there.</summary>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, string? CostCenter, string? Before, string? After, string? Reason);
