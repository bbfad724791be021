using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Catalogs;

/// <summary>Tenants and what is set for each as a whole.</summary>
internal static class TenantTable
{
    private const string Columns = "tenant, zones, deny_new_cost_centers, require_limit, max_record_cost";

    public static Task<List<TenantSettings>> ListAsync(LedgerSession session, CancellationToken cancellationToken) =>
        session.ListAsync($"select {Columns} from tenants order by tenant", Read, cancellationToken);

    /// <summary>Creates the tenant if it is not there, and changes its fields where asked to. True when anything changed.</summary>
    public static async Task<bool> EnsureAsync(
        LedgerSession session, string tenant, Func<TenantSettings?, TenantSettings?>? change, AdminContext admin, CancellationToken cancellationToken)
    {
        var before = await session.FirstAsync<TenantSettings>(
            $"select {Columns} from tenants where tenant = @tenant", Read, cancellationToken, ("tenant", tenant));
        var after = change?.Invoke(before) ?? before ?? TenantSettings.New(tenant);
        if (after.Tenant != tenant) throw new ArgumentException($"The fields are of {after.Tenant}, not of {tenant}.", nameof(change));
        if (after == before) return false;
        await session.ExecuteAsync(
            $"""
            insert into tenants ({Columns}) values (@tenant, @zones, @deny_new_cost_centers, @require_limit, @max_record_cost)
            on conflict (tenant) do update
            set zones = excluded.zones, deny_new_cost_centers = excluded.deny_new_cost_centers, require_limit = excluded.require_limit,
                max_record_cost = excluded.max_record_cost
            """,
            cancellationToken, ("tenant", tenant), ("zones", ZoneDocument.ToJson(after.Calendar)), ("deny_new_cost_centers", after.DenyNewCostCenters),
            ("require_limit", after.RequireLimit), ("max_record_cost", after.MaxRecordCost.Nanos));
        await AdminWrites.AuditAsync(
            session, admin, before is null ? "tenant.create" : "tenant.put", tenant, before is null ? null : TenantDocument.ToJson(before, session.Resolution),
            TenantDocument.ToJson(after, session.Resolution), cancellationToken);
        return true;
    }

    private static TenantSettings Read(RowReader r) => new(r.Text(), ZoneDocument.Read(r.Text()), r.Flag(), r.Flag(), r.Money());
}
