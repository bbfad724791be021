using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Ledger.Fence;

/// <summary>
/// Gives nodes up in the ledger, many in one statement: while one is under way the next gathers. Best effort: of one that is not written the next process
/// waits until this one's lease has run out.
/// </summary>
internal sealed class NodeGiveUps(ILedgerNodes store, Func<string> process, TaskScheduler scheduler)
{
    public const int MaxBatch = 1_000;

    /// <summary>Nodes that may wait; beyond it they are not given up.</summary>
    public const int MaxWaiting = 100_000;

    private readonly Lock _lock = new();
    private List<NodeEpoch> _waiting = [];
    private TaskCompletionSource _written = NewSignal();
    private bool _writing;

    /// <summary>Completes when the ledger has it, or could not be written.</summary>
    public Task AddAsync(NodeEpoch node)
    {
        TaskCompletionSource written;
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting) return Task.CompletedTask;
            _waiting.Add(node);
            written = _written;
            if (_writing) return WrittenAsync(written.Task);
            _writing = true;
        }

        _ = Task.Factory.StartNew(WriteAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        return WrittenAsync(written.Task);
    }

    // WaitAsync on the source itself would complete on a pool thread, outside of the simulated schedule.
    private static async Task WrittenAsync(Task written) => await written;

    private async Task WriteAsync()
    {
        while (true)
        {
            List<NodeEpoch> nodes;
            TaskCompletionSource written;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _writing = false;
                    return;
                }

                (nodes, _waiting) = (_waiting, []);
                (written, _written) = (_written, NewSignal());
            }

            foreach (var batch in nodes.Chunk(MaxBatch)) await WriteAsync(batch);
            written.TrySetResult();
        }
    }

    private async Task WriteAsync(NodeEpoch[] batch)
    {
        try
        {
            await store.GiveUpAsync(batch, process(), CancellationToken.None);
        }
        catch (Exception)
        {
            // Best effort, and not worth a second try. That the ledger is out of reach the lease keeper says.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
