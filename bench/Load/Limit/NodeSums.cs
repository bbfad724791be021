using System.Runtime.InteropServices;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Load.Rivals;

namespace BudgetEngine.Load.Limit;

/// <summary>What a batch adds to each node: the cost centers of its records and all their ancestors.</summary>
internal sealed class NodeSums
{
    private readonly Dictionary<string, string[]> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _requests = new(StringComparer.Ordinal);

    public int Count => _requests.Count;

    /// <summary>How many of the records count at each node; each of them costs <see cref="RivalAmounts.Cost"/>.</summary>
    public IReadOnlyDictionary<string, long> Requests => _requests;

    public void Clear() => _requests.Clear();

    public void Add(string costCenter)
    {
        if (!_paths.TryGetValue(costCenter, out var path)) _paths.Add(costCenter, path = CostCenterId.SelfAndAncestors(costCenter));
        foreach (var node in path) CollectionsMarshal.GetValueRefOrAddDefault(_requests, node, out _)++;
    }
}
