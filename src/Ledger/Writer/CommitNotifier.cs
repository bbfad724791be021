using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// Tells nodes what was committed: at most one call per node in flight, later news are merged into the next. A node that cannot be reached is told until it
/// answers; whoever waits for it waits at most <see cref="LedgerWriterOptions.TellTimeout"/>.
/// </summary>
public sealed partial class CommitNotifier(INodeNotifier teller, LedgerWriterOptions options, TimeProvider clock, ILogger<CommitNotifier> logger)
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

    /// <summary>Completes when the node has applied the news (true), or <c>TellTimeout</c> has passed. Never fails.</summary>
    public Task<bool> Tell(NodeUpdate news)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(news.CostCenter, out var waiting))
            {
                waiting.Add(news);
                return WithinTimeout(NextAsync(waiting.NextTold.Task));
            }

            _nodes.Add(news.CostCenter, new Waiting());
        }

        var first = TellUntilIdleAsync(news);
        return WithinTimeout(first);
    }

    /// <returns>Completes when the first news has been told; what was merged meanwhile goes on behind it.</returns>
    private async Task TellUntilIdleAsync(NodeUpdate news)
    {
        await TellUntilAnsweredAsync(news);
        if (TakeNext(news.CostCenter) is { } next) _ = TellRestAsync(next.News, next.Notified);
    }

    private async Task TellRestAsync(NodeUpdate news, TaskCompletionSource told)
    {
        while (true)
        {
            await TellUntilAnsweredAsync(news);
            told.TrySetResult();
            if (TakeNext(news.CostCenter) is not { } next) return;
            (news, told) = next;
        }
    }

    private async Task TellUntilAnsweredAsync(NodeUpdate news)
    {
        var backoff = new Backoff(options, clock);
        while (true)
        {
            try
            {
                await teller.NotifyAsync(news);
                return;
            }
            catch (Exception unreachable)
            {
                // Must not be lost: a node that decides from old balances would overspend. It is told until it answers.
                LogUnreachable(news.CostCenter, unreachable);
                await backoff.WaitAsync();
            }
        }
    }

    private (NodeUpdate News, TaskCompletionSource Notified)? TakeNext(string node)
    {
        lock (_lock)
        {
            var waiting = _nodes[node];
            if (waiting.News is null)
            {
                _nodes.Remove(node);
                return null;
            }

            return waiting.Take();
        }
    }

    // A time limit on the source itself would be told on a thread of the pool, outside of every schedule.
    private static async Task NextAsync(Task told) => await told;

    private async Task<bool> WithinTimeout(Task told)
    {
        if (told.IsCompleted) return true;
        try
        {
            await told.WaitAsync(options.TellTimeout, clock);
            return true;
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _timeouts);
            return false;
        }
    }

    [LoggerMessage(1010, LogLevel.Warning, "Cost center {CostCenter} could not be told of a commit; it is told again until it answers.")]
    private partial void LogUnreachable(string costCenter, Exception exception);

    private sealed class Waiting
    {
        public NodeUpdate? News { get; private set; }

        public TaskCompletionSource NextTold { get; private set; } = NewSource();

        public void Add(NodeUpdate news)
        {
            if (News is null) News = news;
            else News.Merge(news);
        }

        public (NodeUpdate, TaskCompletionSource) Take()
        {
            var taken = (News!, NextTold);
            News = null;
            NextTold = NewSource();
            return taken;
        }

        private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
