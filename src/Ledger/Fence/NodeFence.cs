using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Ledger.Fence;

/// <summary>
/// The nodes that this process holds among several. What the answer of a renewal names stops granting here before the renewed lease counts, an activation that
/// has been registered but is not in memory yet included: its answer is void, and it registers again.
/// </summary>
public sealed class NodeFence
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, NodeTenure> _tenures = new(StringComparer.Ordinal);
    private long _losses;

    /// <summary>How often this process has heard that it lost nodes.</summary>
    internal long Losses
    {
        get
        {
            lock (_lock) return _losses;
        }
    }

    /// <summary>
    /// Begins the tenures of nodes as they were registered. Null: a loss has been heard since the registration was sent; it may have been of these very nodes,
    /// so they register again.
    /// </summary>
    /// <param name="losses">What <see cref="Losses"/> was before the registration was sent.</param>
    /// <param name="now">An instant after the answer, on the monotonic clock. <paramref name="frequency"/>: its ticks per second.</param>
    internal NodeTenure[]? TryBegin(IReadOnlyList<NodeState> nodes, long losses, long now, long frequency)
    {
        var begun = new NodeTenure[nodes.Count];
        List<NodeTenure>? earlier = null;
        lock (_lock)
        {
            if (_losses != losses) return null;
            for (var i = 0; i < begun.Length; i++)
            {
                var node = nodes[i];
                begun[i] = new NodeTenure(node.Epoch, now + (long)Math.Ceiling(node.Wait.TotalSeconds * frequency));
                // An earlier activation of this process: whatever is left of it must not grant beside the new one.
                if (_tenures.TryGetValue(node.CostCenter, out var left))
                {
                    left.End();
                    (earlier ??= []).Add(left);
                }

                _tenures[node.CostCenter] = begun[i];
            }
        }

        earlier?.ForEach(tenure => tenure.Leave());
        return begun;
    }

    /// <summary>Ends a tenure in good order. False: it was over already, another activation has the node.</summary>
    internal bool End(string costCenter, NodeTenure tenure)
    {
        lock (_lock)
        {
            if (tenure.IsOver) return false;
            tenure.End();
            _tenures.Remove(costCenter);
            return true;
        }
    }

    /// <summary>Drops nodes that were taken over by these epochs. Activations that are newer stay.</summary>
    internal void Drop(IReadOnlyList<NodeEpoch> taken)
    {
        if (taken.Count == 0) return;
        var lost = new List<NodeTenure>();
        lock (_lock)
        {
            _losses++;
            foreach (var (costCenter, epoch) in taken)
            {
                if (!_tenures.TryGetValue(costCenter, out var tenure) || tenure.Epoch >= epoch) continue;
                tenure.End();
                _tenures.Remove(costCenter);
                lost.Add(tenure);
            }
        }

        foreach (var tenure in lost) tenure.Leave();
    }

    /// <summary>Drops everything: the ledger has forgotten this process, and whatever it held may be another's.</summary>
    internal void DropAll()
    {
        List<NodeTenure> lost;
        lock (_lock)
        {
            _losses++;
            lost = [.. _tenures.Values];
            foreach (var tenure in lost) tenure.End();
            _tenures.Clear();
        }

        foreach (var tenure in lost) tenure.Leave();
    }
}
