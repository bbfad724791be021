namespace BudgetEngine.Cluster.Survival;

/// <summary>What was done to the cluster, for the report and for what the checks may expect.</summary>
/// <param name="Began">Monotonic milliseconds: a silo or the ledger was gone from here.</param>
/// <param name="Healed">From here on nothing was broken any more.</param>
/// <param name="Lost">Cost centers whose process died, or was silent so long that it lost them: what it held in memory alone is forgotten.</param>
internal sealed record ClusterBlow(string What, long Began, long Healed, IReadOnlySet<string> Lost)
{
    public static readonly IReadOnlySet<string> Nothing = new HashSet<string>();
}

/// <summary>A way to hurt a cluster.</summary>
/// <param name="Forgets">A process ends without a word, or too late for one: what only its memory held may be forgotten.</param>
/// <param name="Network">Each silo must be at a host of its own.</param>
internal sealed record ClusterNemesis(string Name, bool Forgets, Func<ClusterArena, Random, Task<ClusterBlow>> StrikeAsync, bool Network = false);
