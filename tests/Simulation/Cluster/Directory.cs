namespace BudgetEngine.Simulation.Cluster;

/// <summary>Which process hosts which node, as the cluster believes. A process that was declared dead, or is cut off, believes what it likes.</summary>
internal sealed class Directory(World world)
{
    private readonly Dictionary<string, EngineProcess> _hosts = [];

    /// <summary>Where a call of this process for the node goes.</summary>
    public EngineProcess HostOf(string path, EngineProcess from)
    {
        // Cut off, it takes the others for dead: every node is its own.
        if (from.IsIsolated) return from;
        if (_hosts.TryGetValue(path, out var host) && host.IsMember && (!host.IsStopping || host.Has(path))) return host;
        var members = world.Processes.Where(p => p is { IsMember: true, IsStopping: false }).ToList();
        if (members.Count == 0) return from;
        return _hosts[path] = world.Dice.OneIn(2) && members.Contains(from) ? from : world.Dice.Of(members);
    }

    /// <summary>The process that answers for the node now; null: none yet.</summary>
    public EngineProcess? Find(string path) => _hosts.GetValueOrDefault(path);

    public IReadOnlyList<string> Paths => [.. _hosts.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Sends the node's calls elsewhere, without a word to the activation that is there.</summary>
    public void Move(string path)
    {
        var others = world.Processes.Where(p => p is { IsMember: true, IsStopping: false } && p != _hosts.GetValueOrDefault(path)).ToList();
        if (others.Count > 0) _hosts[path] = world.Dice.Of(others);
    }
}
