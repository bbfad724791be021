namespace BudgetEngine.Load.Loads;

/// <summary>Which leaves a load names.</summary>
internal enum Leaves
{
    /// <summary>Each of 1,000 leaves as often as the others.</summary>
    Uniform,

    /// <summary>The same leaves by Zipf's law with exponent 1: the first of them gets 13 % of all.</summary>
    Zipf,

    /// <summary>One leaf only.</summary>
    Hot,

    /// <summary>1,000 leaves below one parent, each as often as the others.</summary>
    HotParent,
}

/// <summary>The cost centers of the loads: tenant / department / leaf, all names of equal length, limits at every level.</summary>
internal static class CostCenters
{
    /// <summary>20 departments of 50 leaves, with limits that are never reached.</summary>
    public const string LoadTenant = "load";

    /// <summary>One department of 1,000 leaves, with limits that are never reached.</summary>
    public const string WideTenant = "wide";

    /// <summary>With a limit that is spent.</summary>
    public const string SpentTenant = "full";

    /// <summary>The first leaf, below a tenant.</summary>
    public const string FirstLeaf = "dept-00/leaf-000";

    public static string TenantOf(Leaves leaves) => leaves == Leaves.HotParent ? WideTenant : LoadTenant;

    public static int LeavesPerDepartment(string tenant) => tenant == WideTenant ? Sizes.Leaves : Sizes.Leaves / Sizes.Departments;

    public static IEnumerable<string> AllDepartments(string tenant) =>
        Enumerable.Range(0, Sizes.Leaves / LeavesPerDepartment(tenant)).Select(d => $"{tenant}/dept-{d:00}");

    public static IEnumerable<string> AllLeaves(string tenant) =>
        from department in AllDepartments(tenant)
        from leaf in Enumerable.Range(0, LeavesPerDepartment(tenant))
        select $"{department}/leaf-{leaf:000}";

    /// <summary>The tenants, the departments and the leaves of all that is never refused.</summary>
    public static IEnumerable<string> AllOfLoad() =>
        from tenant in new[] { LoadTenant, WideTenant }
        from costCenter in AllLeaves(tenant).Concat(AllDepartments(tenant)).Append(tenant)
        select costCenter;
}
