using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>
/// Reads nodes that come into memory, many in one query: while one read is under way the next gathers. Behind several processes it also raises their epochs.
/// </summary>
/// <param name="process">Null: one process with the exclusive lock, nothing is written.</param>
/// <param name="scheduler">Where reads run; the thread pool by default, never the node's that happens to be the first: it may die with the reads of all others.</param>
public sealed class NodeRegistrar(ILedgerNodes store, TimeProvider clock, string? process, TaskScheduler? scheduler = null)
{
    public const int MaxBatch = 1_000;

    private readonly Lock _lock = new();
    private List<(string CostCenter, TaskCompletionSource<NodeState> Read)> _waiting = [];
    private bool _reading;

    /// <summary>Reads the node, and takes it over for this process. Throws what the store throws.</summary>
    public Task<NodeState> RegisterAsync(string costCenter)
    {
        var read = new TaskCompletionSource<NodeState>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((costCenter, read));
            if (_reading) return read.Task;
            _reading = true;
        }

        _ = Task.Factory.StartNew(ReadAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler ?? TaskScheduler.Default);
        return read.Task;
    }

    /// <summary>Reads the node again without taking it over.</summary>
    public async Task<NodeState> ReadAgainAsync(string costCenter)
    {
        var now = clock.GetUtcNow();
        return (await store.RegisterAsync([costCenter], FirstDay(now), now, null, CancellationToken.None))[0];
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
            List<(string CostCenter, TaskCompletionSource<NodeState> Read)> batch;
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

    private async Task ReadAsync(List<(string CostCenter, TaskCompletionSource<NodeState> Read)> batch)
    {
        try
        {
            var now = clock.GetUtcNow();
            var paths = batch.ConvertAll(b => b.CostCenter);
            var nodes = await store.RegisterAsync(paths, FirstDay(now), now, process, CancellationToken.None);
            for (var i = 0; i < batch.Count; i++) batch[i].Read.TrySetResult(nodes[i]);
        }
        catch (Exception failed)
        {
            foreach (var (_, read) in batch) read.TrySetException(failed);
        }
    }
}
