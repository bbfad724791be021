namespace BudgetEngine.Domain.CostCenters;

/// <summary>
/// How many of something bounded (keys, channels, listeners) each may have, so that none of them can leave the others without any. A tenant has its share; a caller with a
/// subtree below the tenant half of it, and half as much again for each level down to an eighth; the last eighth of all is for callers with the whole installation.
/// </summary>
/// <param name="Total">Of all together.</param>
/// <param name="PerTenant">Of one tenant.</param>
public sealed record SubtreeShares(int Total, int PerTenant)
{
    /// <summary>What is kept for the whole installation, and the least part of a tenant's share that a subtree has.</summary>
    private const int Least = 8;

    /// <summary>Whether a caller may have one more.</summary>
    /// <param name="subtree">The caller's; null: the whole installation.</param>
    /// <param name="taken">The subtree of each that there is; null or empty: the whole installation.</param>
    public bool HasRoom(string? subtree, IReadOnlyCollection<string?> taken)
    {
        if (subtree is null) return taken.Count < Total;
        if (taken.Count >= Total || taken.Count(t => !string.IsNullOrEmpty(t)) >= Total - Total / Least) return false;
        foreach (var node in CostCenterId.SelfAndAncestors(subtree))
        {
            if (taken.Count(t => t is not null && CostCenterId.IsWithin(t, node)) >= OfDepth(CostCenterId.DepthOf(node))) return false;
        }

        return true;
    }

    /// <summary>The share of a caller, in a sentence for people.</summary>
    public string Describe(string? subtree) => subtree is null
        ? $"There are {Total}, as many as there may be."
        : $"'{subtree}' may have {OfDepth(CostCenterId.DepthOf(subtree))}, its tenant {PerTenant}, and all tenants together {Total - Total / Least}.";

    private int OfDepth(int depth) => Math.Max(1, Math.Max(PerTenant / Least, depth > 30 ? 0 : PerTenant >> (depth - 1)));
}
