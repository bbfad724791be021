namespace BudgetEngine.Domain.CostCenters;

/// <summary>
/// How much of something bounded (keys, channels, listeners, old names, recorded usage, new cost centers) each may have, so that none of them can leave the others without any. A tenant
/// has its share; a subtree below the tenant half of it, and half of that for each level down to an eighth. What is taken in a subtree counts there and in every subtree
/// around it, so that parts of it have no more together than it has. The last eighth of all is for callers with the whole installation.
/// </summary>
/// <param name="Total">Of all together.</param>
/// <param name="PerTenant">Of one tenant.</param>
public sealed record SubtreeShares(int Total, int PerTenant)
{
    /// <summary>Levels of the tree with shares of their own: what is below them has as much as the last, the eighth of a tenant's.</summary>
    public const int Levels = 4;

    /// <summary>What is kept for the whole installation: one part in so many.</summary>
    private const int Kept = 8;

    /// <summary>The share of a subtree, at least 1.</summary>
    /// <param name="perTenant">What its tenant has.</param>
    /// <param name="depth">Segments of its root; 1 for a tenant.</param>
    public static long Of(long perTenant, int depth) => Math.Max(1, perTenant >> (Math.Min(depth, Levels) - 1));

    /// <summary>Whether a caller may have one more.</summary>
    /// <param name="subtree">The caller's; null: the whole installation.</param>
    /// <param name="taken">The subtree of each that there is; null or empty: the whole installation.</param>
    public bool HasRoom(string? subtree, IReadOnlyCollection<string?> taken)
    {
        if (subtree is null) return taken.Count < Total;
        if (taken.Count >= Total || taken.Count(t => !string.IsNullOrEmpty(t)) >= Total - Total / Kept) return false;
        foreach (var node in CostCenterId.SelfAndAncestors(subtree))
        {
            if (taken.Count(t => t is not null && CostCenterId.IsWithin(t, node)) >= Of(PerTenant, CostCenterId.DepthOf(node))) return false;
        }

        return true;
    }

    /// <summary>The share of a caller, in a sentence for people.</summary>
    public string Describe(string? subtree) => subtree is null
        ? $"There are {Total}, as many as there may be."
        : $"'{subtree}' may have {Of(PerTenant, CostCenterId.DepthOf(subtree))}, its tenant {PerTenant}, and all tenants together {Total - Total / Kept}.";
}
