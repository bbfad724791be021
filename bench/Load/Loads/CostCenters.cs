namespace BudgetEngine.Load;

/// <summary>Which leaves a load names.</summary>
internal enum Leaves
{
    Uniform,
    Hot,
}

/// <summary>The cost centers of the loads: tenant / department / leaf, all names of equal length.</summary>
internal static class CostCenters
{
    /// <summary>With limits at every level that are never reached.</summary>
    public const string LoadTenant = "load";

    /// <summary>With a limit that is spent.</summary>
    public const string SpentTenant = "full";

    /// <summary>The first leaf, below a tenant.</summary>
    public const string FirstLeaf = "dept-00/leaf-00";

    public static string Leaf(string tenant, int department, int leaf) => $"{tenant}/dept-{department:00}/leaf-{leaf:00}";

    public static IEnumerable<string> AllDepartments(string tenant) => Enumerable.Range(0, Sizes.Departments).Select(d => $"{tenant}/dept-{d:00}");

    public static IEnumerable<string> AllLeaves(string tenant) =>
        from department in Enumerable.Range(0, Sizes.Departments)
        from leaf in Enumerable.Range(0, Sizes.LeavesPerDepartment)
        select Leaf(tenant, department, leaf);
}

/// <summary>Writes the next leaf into a request that was built with the first one.</summary>
internal sealed class LeafPicker(Leaves leaves, int seed)
{
    private const int DepartmentAt = 5;
    private const int LeafAt = 13;

    private uint _state = (uint)seed * 2_654_435_761u + 1;

    public void Write(Request request, int at)
    {
        if (leaves == Leaves.Hot) return;
        var pick = Next() % (Sizes.Departments * Sizes.LeavesPerDepartment);
        request.WriteTwoDigits(at + DepartmentAt, (int)pick / Sizes.LeavesPerDepartment);
        request.WriteTwoDigits(at + LeafAt, (int)pick % Sizes.LeavesPerDepartment);
    }

    /// <summary>Xorshift: cheap, and the same in every run.</summary>
    private uint Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state;
    }
}
