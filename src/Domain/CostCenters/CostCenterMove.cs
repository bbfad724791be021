namespace BudgetEngine.Domain.CostCenters;

/// <summary>A cost center and all below it that goes from one place of its tenant's tree to another: which names become which, and which ancestors lose or gain its sums.</summary>
public readonly record struct CostCenterMove(string From, string To)
{
    /// <summary>Ancestors of the old place alone, nearest first: they lose what is moved.</summary>
    public IEnumerable<string> Losing => OnlyOf(From, To);

    /// <summary>Ancestors of the new place alone, nearest first: they gain it. What is above both stays as it is.</summary>
    public IEnumerable<string> Gaining => OnlyOf(To, From);

    /// <summary>Why this move cannot be; null: it can, as far as names tell.</summary>
    /// <param name="deepest">Segments of the deepest cost center at or below the old place.</param>
    public string? Fault(int deepest)
    {
        if (From == To) return "it is there already";
        if (CostCenterId.TenantOf(From) != CostCenterId.TenantOf(To)) return "a cost center stays in its tenant, where its records' ids, its zone and its keys belong";
        if (CostCenterId.ParentOf(From) is null) return "a tenant stays where it is";
        if (CostCenterId.IsWithin(To, From)) return "it cannot be moved below itself";
        if (CostCenterId.IsWithin(From, To)) return "it cannot be moved onto a cost center that it is part of";
        var depth = deepest - CostCenterId.DepthOf(From) + CostCenterId.DepthOf(To);
        return depth > CostCenterId.MaxSegments ? $"the deepest cost center would have {depth} segments, and {CostCenterId.MaxSegments} are the most" : null;
    }

    /// <summary>True for names that this move changes.</summary>
    public bool Moves(string path) => CostCenterId.IsWithin(path, From);

    /// <summary>The new name; of what is not moved its own.</summary>
    public string NewNameOf(string path) => Moves(path) ? string.Concat(To, path.AsSpan(From.Length)) : path;

    /// <summary>True when the two cannot go on at once: one touches a place of the other.</summary>
    public bool Touches(string path) => Overlap(path, From) || Overlap(path, To);

    private static bool Overlap(string a, string b) => CostCenterId.IsWithin(a, b) || CostCenterId.IsWithin(b, a);

    private static IEnumerable<string> OnlyOf(string path, string other) => CostCenterId.SelfAndAncestors(path).Skip(1).Where(a => !CostCenterId.IsWithin(other, a));
}
