namespace BudgetEngine.Ledger.Fence;

/// <summary>One activation of a node: epochs only grow.</summary>
public readonly record struct NodeEpoch(string CostCenter, long Epoch);

/// <summary>One renewal of a process's lease.</summary>
/// <param name="Process">Names one start of one process: no other start ever has this name.</param>
/// <param name="Number">Of this renewal; grows with each.</param>
/// <param name="Runs">How long the lease runs from the moment that the renewal is sent.</param>
/// <param name="Dropped">Nodes named by an earlier answer, which this process holds no more: they are not named again.</param>
public sealed record LeaseRenewal(string Process, long Epoch, long Number, TimeSpan Runs, IReadOnlyList<NodeEpoch> Dropped);

/// <summary>The answer to a renewal.</summary>
/// <param name="RenewedAt">By the ledger's clock.</param>
/// <param name="Born">Number of the renewal that made the row. Another than before: the lease was forgotten meanwhile, and others may have taken any node.</param>
/// <param name="TakenOver">
/// Nodes of this process which another has taken over, with the epoch that did; at most <see cref="MaxNamed"/>, the same ones until they are dropped.
/// </param>
public sealed record LeaseAnswer(DateTimeOffset RenewedAt, long Born, IReadOnlyList<NodeEpoch> TakenOver)
{
    /// <summary>Nodes that one answer names. As many: there may be more, and the lease does not count before they are known.</summary>
    public const int MaxNamed = 1_000;
}
