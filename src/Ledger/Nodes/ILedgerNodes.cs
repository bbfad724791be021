using BudgetEngine.Ledger.Fence;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>What a node reads when it comes into memory, and the claim of its process on it.</summary>
public interface ILedgerNodes : INodeReader
{
    /// <summary>
    /// Raises the epochs of these cost centers and names the process as their holder, then reads them as <see cref="INodeReader.ReadNodesAsync"/> does, in one
    /// transaction. The state says how long the node must wait before it grants.
    /// </summary>
    Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string process, CancellationToken cancellationToken);

    /// <summary>Gives up nodes that this process holds no more, so that the next process need not wait. Has no effect on one that was registered again since.</summary>
    Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken);
}
