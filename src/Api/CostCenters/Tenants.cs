using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.CostCenters;

/// <summary>Which tenants there are, and whether usage may make new ones.</summary>
public sealed partial class Tenants(
    Catalog catalog, ILedgerTenants store, KeyRing keys, IOptions<InstallationOptions> options, TimeProvider clock, ILogger<Tenants>? logger = null)
{
    /// <summary><c>AutoCreateTenants</c>; not set: while open mode is on.</summary>
    public bool AutoCreate => options.Value.AutoCreateTenants ?? keys.IsOpen;

    /// <summary>The settings of the path's tenant: its own, or the defaults that it would be created with; null: unknown, and may not be created.</summary>
    public TenantSettings? Find(string path)
    {
        if (catalog.Current.Policies.TenantOf(path) is { } known) return known;
        return AutoCreate ? TenantSettings.New(CostCenterId.TenantOf(path)) : null;
    }

    /// <summary>In whose zone a date is that a caller names; without a tenant in UTC.</summary>
    public TenantCalendar CalendarOf(string? path) => path is null ? TenantCalendar.Utc : Find(path)?.Calendar ?? TenantCalendar.Utc;

    /// <summary>Creates the tenant of a path that usage is about to name, if it is not there.</summary>
    public async Task EnsureAsync(string path)
    {
        if (catalog.Current.Policies.TenantOf(path) is not null) return;
        var tenant = CostCenterId.TenantOf(path);
        var created = await store.CreateTenantAsync(tenant, new AdminContext(clock.GetUtcNow(), "auto", "first usage"), CancellationToken.None);
        // Of several processes, one.
        if (created && logger is not null) LogCreated(logger, tenant, path);
        await catalog.RefreshAsync(CancellationToken.None);
    }

    [LoggerMessage(EventId = 3401, Level = LogLevel.Warning, Message = "Usage of {CostCenter} has made the new tenant {Tenant}: AutoCreateTenants is on. If its name is a mistake, correct the sender")]
    private static partial void LogCreated(ILogger logger, string tenant, string costCenter);
}
