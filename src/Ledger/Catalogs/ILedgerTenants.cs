namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Creates tenants. Their fields are set with their budget.</summary>
public interface ILedgerTenants
{
    /// <summary>Creates the tenant with default settings if it is not there.</summary>
    /// <returns>True: it was not there.</returns>
    Task<bool> CreateTenantAsync(string tenant, AdminContext admin, CancellationToken cancellationToken);
}
