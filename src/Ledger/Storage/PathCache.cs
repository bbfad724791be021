using System.Collections.Concurrent;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Storage;

/// <summary>
/// Splits paths once, and remembers which cost centers this process has seen committed: they are never deleted, so the row need not be
/// offered again with every batch.
/// </summary>
internal sealed class PathCache
{
    private const int MaxPaths = 200_000;

    private readonly ConcurrentDictionary<string, string[]> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _committed = new(StringComparer.Ordinal);

    /// <summary>The path and its ancestors, leaf to root.</summary>
    public string[] NodesOf(string path)
    {
        if (_nodes.TryGetValue(path, out var nodes)) return nodes;
        if (_nodes.Count >= MaxPaths) _nodes.Clear();
        return _nodes[path] = CostCenterId.SelfAndAncestors(path);
    }

    public bool IsCommitted(string node) => _committed.ContainsKey(node);

    public void Committed(IReadOnlyCollection<string> nodes)
    {
        if (nodes.Count == 0) return;
        if (_committed.Count + nodes.Count > MaxPaths) _committed.Clear();
        foreach (var node in nodes) _committed[node] = true;
    }
}
