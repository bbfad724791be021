using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Nodes;

/// <summary>Reads cost centers as the ledger has them, without a claim on them.</summary>
public interface INodeReader
{
    /// <summary>
    /// All that these cost centers need to decide, each in the order given, of one snapshot; the epoch is 0. Day balances from <paramref name="fromDay"/> on,
    /// all months, unexpired durable holds (deadline plus 5 s after <paramref name="now"/>) that name it.
    /// </summary>
    Task<IReadOnlyList<NodeState>> ReadNodesAsync(IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>One user's own budget, increases, pauses and balances at a cost center.</summary>
    Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken);

    /// <summary>A child as its parent sees it for <c>per_child</c>: whether it has a budget of its own, and its balances.</summary>
    Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken);
}

/// <summary>A cost center as the ledger knows it.</summary>
/// <param name="Exists">It has a budget or usage, or is an ancestor of one that has.</param>
/// <param name="Budget">Null: none is set.</param>
/// <param name="HasUserBudgets">At least one user has a budget of its own here.</param>
/// <param name="Increases">Of the cost center itself, not deleted; users' come with <see cref="SideState"/>.</param>
/// <param name="Pauses">All that stand here, users' and models' too.</param>
/// <param name="Days">Ascending by date. <paramref name="Months"/>: by first date, all there are.</param>
/// <param name="Version">Grows with every change of budget, users' budgets, increases and pauses of this node; orders two reads.</param>
public sealed record NodeState(
    string CostCenter, bool Exists, long Epoch, long Version, Budget? Budget, bool HasUserBudgets, IReadOnlyList<Increase> Increases, IReadOnlyList<Pause> Pauses,
    IReadOnlyList<DatedBalance> Days, IReadOnlyList<DatedBalance> Months, IReadOnlyList<DurableHold> Holds)
{
    /// <summary>Another process may still grant from its memory of the node for so long after this answer.</summary>
    public TimeSpan Wait { get; init; }
}

/// <summary>A user's or child's balances and own budget.</summary>
public sealed record SideState(Budget? Budget, IReadOnlyList<Increase> Increases, IReadOnlyList<DatedBalance> Days, IReadOnlyList<DatedBalance> Months);
