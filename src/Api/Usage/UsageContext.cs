using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Usage;

/// <summary>What a usage record is checked against.</summary>
/// <param name="HeldOnly">The sender's key has ended: only what settles a reservation is taken.</param>
internal sealed record UsageContext(
    CatalogSnapshot Catalog, Tenants Tenants, Subtree Subtree, UsageOptions Options, PlausiblePrices Plausible, Resolution Resolution, DateTimeOffset Now, bool HeldOnly = false)
{
    /// <summary>How far ahead of the server's clock a timestamp may be.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(5);
}
