using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Records;

/// <summary>The statements of one batch in one database; <see cref="BatchCommit"/> says which, and does all that is not SQL. Disposing rolls back.</summary>
internal interface IBatchTransaction : IAsyncDisposable
{
    /// <summary>
    /// Opens the transaction, and adds these cost centers (sorted, so an ancestor before what is below it) where they are not there. Before <see cref="StartAsync"/>, and only where some
    /// were not yet seen committed.
    /// </summary>
    /// <returns>Those that came into being.</returns>
    ValueTask<IReadOnlySet<string>> CreateAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken);

    /// <summary>Opens the transaction unless it is open, inserts the rows, and reads what the rest needs to know: one round trip when all rows are new.</summary>
    ValueTask<BatchStart> StartAsync(BatchNeeds needs, CancellationToken cancellationToken);

    /// <summary>Locks the originals of corrections, and reads them with their net cost, and the rows that already have the corrections' ids, or others that are looked for.</summary>
    ValueTask<CorrectionFacts> ReadOriginalsAsync(
        IReadOnlyList<RequestKey> corrections, IReadOnlyList<RequestKey> originals, CancellationToken cancellationToken);

    /// <summary>Inserts rows, sorted by their ids; returns how many were new.</summary>
    ValueTask<int> InsertAsync(IReadOnlyList<UsageRow> corrections, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<TrackedUser>> ReadTrackedAsync(
        IReadOnlyCollection<string> nodes, IReadOnlyCollection<string> users, CancellationToken cancellationToken);

    /// <summary>Applies the effects and commits.</summary>
    ValueTask<BatchBalances> FinishAsync(BatchEffects effects, CancellationToken cancellationToken);
}

/// <param name="Rows">Distinct ids, kind usage, sorted.</param>
/// <param name="HoldKeys">Sorted, as are <paramref name="FencedNodes"/>.</param>
internal sealed record BatchNeeds(
    Guid BatchId, IReadOnlyList<UsageRow> Rows, IReadOnlySet<string> Nodes, IReadOnlySet<string> Users, IReadOnlyList<Guid> HoldKeys,
    IReadOnlyList<string> FencedNodes);

/// <param name="Known">Of the rows whose id was stored before this transaction: what is stored.</param>
internal sealed record BatchStart(
    IReadOnlyDictionary<RequestKey, KnownRow> Known, IReadOnlyList<TrackedUser> Tracked, IReadOnlyDictionary<Guid, HoldStamp> Holds,
    IReadOnlyDictionary<string, long> Epochs)
{
    /// <summary>Old names of cost centers that were moved: usage of them is booked under the new ones.</summary>
    public CostCenterAliases Aliases { get; init; } = CostCenterAliases.None;
}

internal sealed record CorrectionFacts(IReadOnlyList<KnownRow> Known, IReadOnlyList<(KnownRow Row, long Corrected)> Originals);

/// <param name="User">Empty: every user of the subtree.</param>
internal readonly record struct TrackedUser(string CostCenter, string User);

/// <param name="NewNodes">Sorted, as are <paramref name="Keys"/> (with <paramref name="Sums"/> beside them) and <paramref name="Reads"/>.</param>
/// <param name="Reads">Balances that are only read.</param>
internal sealed record BatchEffects(
    IReadOnlyList<string> NewNodes, BalanceKey[] Keys, BalanceSum[] Sums, BalanceKey[] Reads, IReadOnlyCollection<KeyValuePair<Guid, Stamp>> EndedHolds,
    IReadOnlyCollection<DurableHold> Holds);

/// <param name="Written">In the order of <see cref="BatchEffects.Keys"/>.</param>
internal sealed record BatchBalances(Balance[] Written, IReadOnlyList<(BalanceKey Key, Balance Balance)> Read);
