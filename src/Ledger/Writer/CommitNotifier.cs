using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// Tells nodes what was committed: at most one call per node in flight, later updates are merged into the next. A node that cannot be reached is told until it
/// answers; whoever waits for it waits at most <see cref="LedgerWriterOptions.NotifyTimeout"/>.
/// </summary>
public sealed partial class CommitNotifier(INodeNotifier notifier, LedgerWriterOptions options, TimeProvider clock, ILogger<CommitNotifier> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Waiting> _nodes = [];
    private long _timeouts;

    /// <summary>How often a record was acknowledged before a node of it could be told.</summary>
    public long Timeouts => Volatile.Read(ref _timeouts);

    /// <summary>Nodes that are being told now.</summary>
    public int UnderWay
    {
        get
        {
            lock (_lock) return _nodes.Count;
        }
    }

    /// <summary>Completes when the node has applied the update (true), or <c>NotifyTimeout</c> has passed. Never fails.</summary>
    public Task<bool> Notify(NodeUpdate update)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(update.CostCenter, out var waiting))
            {
                waiting.Add(update);
                return WithinTimeout(NextAsync(waiting.NextNotified.Task));
            }

            _nodes.Add(update.CostCenter, new Waiting());
        }

        var first = NotifyUntilIdleAsync(update);
        return WithinTimeout(first);
    }

    /// <returns>Completes when the first update has been applied; what was merged meanwhile goes on behind it.</returns>
    private async Task NotifyUntilIdleAsync(NodeUpdate update)
    {
        await NotifyUntilAnsweredAsync(update);
        if (TakeNext(update.CostCenter) is { } next) _ = NotifyRestAsync(next.Update, next.Notified);
    }

    private async Task NotifyRestAsync(NodeUpdate update, TaskCompletionSource notified)
    {
        while (true)
        {
            await NotifyUntilAnsweredAsync(update);
            notified.TrySetResult();
            if (TakeNext(update.CostCenter) is not { } next) return;
            (update, notified) = next;
        }
    }

    private async Task NotifyUntilAnsweredAsync(NodeUpdate update)
    {
        var backoff = new Backoff(options, clock);
        while (true)
        {
            try
            {
                await notifier.NotifyAsync(update);
                return;
            }
            catch (Exception unreachable)
            {
                // Must not be lost: a node that decides from old balances would overspend. It is told until it answers.
                LogUnreachable(update.CostCenter, unreachable);
                await backoff.WaitAsync();
            }
        }
    }

    private (NodeUpdate Update, TaskCompletionSource Notified)? TakeNext(string node)
    {
        lock (_lock)
        {
            var waiting = _nodes[node];
            if (waiting.Update is null)
            {
                _nodes.Remove(node);
                return null;
            }

            return waiting.Take();
        }
    }

    // WaitAsync on the source itself would complete on a pool thread, outside of the simulated schedule.
    private static async Task NextAsync(Task notified) => await notified;

    private async Task<bool> WithinTimeout(Task notified)
    {
        if (notified.IsCompleted) return true;
        try
        {
            await notified.WaitAsync(options.NotifyTimeout, clock);
            return true;
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _timeouts);
            return false;
        }
    }

    [LoggerMessage(1010, LogLevel.Warning, "Cost center {CostCenter} could not be notified of a commit; it is notified again until it answers.")]
    private partial void LogUnreachable(string costCenter, Exception exception);

    private sealed class Waiting
    {
        public NodeUpdate? Update { get; private set; }

        public TaskCompletionSource NextNotified { get; private set; } = NewSource();

        public void Add(NodeUpdate update)
        {
            if (Update is null) Update = update;
            else Update.Merge(update);
        }

        public (NodeUpdate, TaskCompletionSource) Take()
        {
            var taken = (Update!, NextNotified);
            Update = null;
            NextNotified = NewSource();
            return taken;
        }

        private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
