using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Small tables that every process keeps in memory whole: prices, tenants with inherited settings, keys, signing keys. A version per catalog tells when to read again.</summary>
public interface ILedgerCatalogs
{
    Task<CatalogVersions> ReadCatalogVersionsAsync(CancellationToken cancellationToken);

    /// <summary>At which cost centers something was written by administrators and moves since a version; null: since ever.</summary>
    Task<WrittenCostCenters> ReadWrittenAsync(long? since, int most, CancellationToken cancellationToken);

    /// <summary>All versions of all prices, deletions included, ascending by entry.</summary>
    Task<IReadOnlyList<PriceVersion>> ReadPricesAsync(CancellationToken cancellationToken);

    /// <summary>Models that an import knew and could not take; they change with the version of the prices.</summary>
    Task<IReadOnlyList<UntakenModel>> ReadUntakenModelsAsync(CancellationToken cancellationToken);

    Task<Policies> ReadPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>All keys that were ever created, revoked ones too.</summary>
    Task<IReadOnlyList<StoredKey>> ReadKeysAsync(CancellationToken cancellationToken);

    /// <summary>The keys that reservation ids are signed with; at least one from the first opening of the ledger on.</summary>
    Task<ReservationSigningKeys> ReadSigningKeysAsync(CancellationToken cancellationToken);
}

/// <summary>Each grows by at least one with every change of its catalog.</summary>
public readonly record struct CatalogVersions(long Prices, long Policies, long Keys, long SigningKeys);

/// <param name="Version">Of the last administrative write that is counted in.</param>
/// <param name="CostCenters">Null: more than were asked for, or since ever.</param>
public sealed record WrittenCostCenters(long Version, IReadOnlyList<string>? CostCenters);

/// <summary>All tenants, and the inherited settings of every cost center that sets any.</summary>
public sealed record Policies(IReadOnlyList<TenantSettings> Tenants, IReadOnlyList<(string CostCenter, InheritedSettings Settings)> Inherited)
{
    /// <summary>Old names that lead to new ones.</summary>
    public CostCenterAliases Aliases { get; init; } = CostCenterAliases.None;
}
