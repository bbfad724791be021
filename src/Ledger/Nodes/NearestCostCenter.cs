using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>
/// The existing cost center that somebody may have meant who named a new one. Looked at are the names beside the highest new part of its path, <see cref="NearestName.MaxCompared"/> at
/// most whatever the tenant has, in three small reads.
/// </summary>
public static class NearestCostCenter
{
    /// <param name="newFrom">The highest cost center of the path that is new; null: the highest that does not exist.</param>
    /// <returns>Of the same tenant, unless the tenant itself is new. Null: none is near, or the path exists.</returns>
    public static async Task<string?> FindAsync(ICostCenterNames names, string path, string? newFrom, CancellationToken cancellationToken)
    {
        if (newFrom is null)
        {
            var nodes = CostCenterId.SelfAndAncestors(path);
            var existing = await names.ReadExistingAsync(nodes, cancellationToken);
            newFrom = Array.FindLast(nodes, n => !existing.Contains(n));
            if (newFrom is null) return null;
        }

        var siblings = await names.ReadSiblingsAsync(newFrom, NearestName.MaxCompared, cancellationToken);
        if (NearestName.Of(CostCenterId.NameOf(newFrom), siblings.Select(CostCenterId.NameOf)) is not { } near) return null;
        var found = CostCenterId.ParentOf(newFrom) is { } parent ? $"{parent}/{near}" : near;
        if (path.Length == newFrom.Length) return found;
        // The rest of the path may be there under the name that was meant.
        string[] below = [.. CostCenterId.SelfAndAncestors(found + path[newFrom.Length..]).TakeWhile(n => n.Length > found.Length)];
        var there = await names.ReadExistingAsync(below, cancellationToken);
        return Array.Find(below, there.Contains) ?? found;
    }
}
