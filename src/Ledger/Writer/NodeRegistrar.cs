using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// Reads nodes that come into memory, many in one query: while one read is under way the next gathers. Behind several processes it also raises their epochs,
/// and gives them up when they leave memory.
/// </summary>
/// <param name="process">Null: one process with the exclusive lock, nothing is written. Else the name of this start of this process, as its lease has it; asked for with the first node, since nobody knows it before the ledger is open.</param>
/// <param name="scheduler">Where reads run; the thread pool by default, never the node's that happens to be the first: it may die with the reads of all others.</param>
public sealed class NodeRegistrar(ILedgerNodes store, TimeProvider clock, Func<string>? process, NodeFence fence, TaskScheduler? scheduler = null)
{
    public const int MaxBatch = 1_000;

    private readonly Lock _lock = new();
    private readonly TaskScheduler _scheduler = scheduler ?? TaskScheduler.Default;
    private readonly NodeGiveUps? _giveUps = process is null ? null : new NodeGiveUps(store, process, scheduler ?? TaskScheduler.Default);
    private List<(string CostCenter, TaskCompletionSource<RegisteredNode> Read)> _waiting = [];
    private bool _reading;

    /// <summary>Reads the node, and takes it over for this process. Throws what the store throws.</summary>
    public Task<RegisteredNode> RegisterAsync(string costCenter)
    {
        var read = new TaskCompletionSource<RegisteredNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((costCenter, read));
            if (_reading) return read.Task;
            _reading = true;
        }

        _ = Task.Factory.StartNew(ReadAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        return read.Task;
    }

    /// <summary>The activation grants nothing from here on. False: another process, or another activation here, has the node already.</summary>
    public bool End(string costCenter, NodeTenure tenure) => tenure == NodeTenure.Exclusive || fence.End(costCenter, tenure);

    /// <summary>Gives the node up, so that the next process need not wait. After <see cref="End"/>. Completes when it is written, or cannot be.</summary>
    public Task GiveUpAsync(string costCenter, NodeTenure tenure) =>
        _giveUps is null ? Task.CompletedTask : _giveUps.AddAsync(new NodeEpoch(costCenter, tenure.Epoch));

    /// <summary>Reads the node again without taking it over.</summary>
    public async Task<NodeState> ReadAgainAsync(string costCenter) => (await ReadAgainAsync([costCenter]))[0];

    /// <summary>The same of several, in their order.</summary>
    public Task<IReadOnlyList<NodeState>> ReadAgainAsync(IReadOnlyList<string> costCenters)
    {
        var now = clock.GetUtcNow();
        return store.ReadNodesAsync(costCenters, FirstDay(now), now, CancellationToken.None);
    }

    public Task<SideState> ReadUserAsync(string costCenter, string user) =>
        store.ReadUserAsync(costCenter, user, FirstDay(clock.GetUtcNow()), CancellationToken.None);

    public Task<SideState> ReadChildAsync(string child) =>
        store.ReadChildAsync(child, FirstDay(clock.GetUtcNow()), CancellationToken.None);

    /// <summary>A week and the widest zones before now: every window that a decision can need by days.</summary>
    private static DateOnly FirstDay(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime).AddDays(-WindowBalances.DaysKept);

    private async Task ReadAsync()
    {
        while (true)
        {
            List<(string CostCenter, TaskCompletionSource<RegisteredNode> Read)> batch;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _reading = false;
                    return;
                }

                batch = _waiting.Count <= MaxBatch ? _waiting : _waiting[..MaxBatch];
                _waiting = _waiting.Count <= MaxBatch ? [] : _waiting[MaxBatch..];
            }

            await ReadAsync(batch);
        }
    }

    private async Task ReadAsync(List<(string CostCenter, TaskCompletionSource<RegisteredNode> Read)> batch)
    {
        try
        {
            var paths = batch.ConvertAll(b => b.CostCenter);
            var (nodes, tenures) = await RegisterAsync(paths);
            for (var i = 0; i < batch.Count; i++) batch[i].Read.TrySetResult(new RegisteredNode(nodes[i], tenures?[i] ?? NodeTenure.Exclusive));
        }
        catch (Exception failed)
        {
            foreach (var (_, read) in batch) read.TrySetException(failed);
        }
    }

    private async Task<(IReadOnlyList<NodeState> Nodes, NodeTenure[]? Tenures)> RegisterAsync(List<string> paths)
    {
        while (true)
        {
            var losses = fence.Losses;
            var now = clock.GetUtcNow();
            if (process is null) return (await store.ReadNodesAsync(paths, FirstDay(now), now, CancellationToken.None), null);
            var nodes = await store.RegisterAsync(paths, FirstDay(now), now, process(), CancellationToken.None);
            if (fence.TryBegin(nodes, losses, clock.GetTimestamp(), clock.TimestampFrequency) is { } tenures) return (nodes, tenures);
        }
    }
}

/// <summary>A node as it was read, and the right of its activation to grant.</summary>
public readonly record struct RegisteredNode(NodeState State, NodeTenure Tenure);
