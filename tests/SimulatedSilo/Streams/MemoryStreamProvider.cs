using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Hosting;
using Orleans.Streams;

namespace BudgetEngine.SimulatedSilo.Streams;

/// <summary>
/// Memory streams with implicit subscriptions. Per stream and subscribed class there is a queue while it has events, and one loop
/// that offers the oldest event until the consumer takes it or its time is over.
/// </summary>
internal sealed class MemoryStreamProvider : IStreamProvider
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(StreamId, GrainTable), Queue<StreamEvent>> _queues = [];
    private readonly List<GrainTable> _tables;
    private readonly InProcessSilo _silo;
    private long _published;

    internal MemoryStreamProvider(InProcessSilo silo, string name, IEnumerable<GrainTable> tables)
    {
        _silo = silo;
        Name = name;
        _tables = [.. tables.Where(t => t.GrainClass.Streams.Length > 0)];
    }

    public string Name { get; }

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new MemoryStream<T>(this, streamId);

    internal void Publish<T>(StreamId stream, T item)
    {
        var token = new MemoryStreamToken(Name, stream, Interlocked.Increment(ref _published));
        foreach (var table in _tables.Where(t => t.GrainClass.Streams.Any(s => s.IsMatch(stream.GetNamespace() ?? ""))))
        {
            if (Enqueue((stream, table), new StreamEvent<T>(item, token)) is { } queue)
            {
                _ = Task.Factory.StartNew(() => Drain((stream, table), queue), CancellationToken.None, TaskCreationOptions.None, _silo.Scheduler.Outside);
            }
        }
    }

    /// <summary>Loses all events that wait.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            foreach (var queue in _queues.Values) queue.Clear();
        }
    }

    /// <summary>The queue, if it is new and needs a loop.</summary>
    private Queue<StreamEvent>? Enqueue((StreamId Stream, GrainTable Table) key, StreamEvent streamEvent)
    {
        lock (_lock)
        {
            var isRunning = _queues.TryGetValue(key, out var queue);
            if (!isRunning) _queues.Add(key, queue = []);
            if (queue!.Count >= _silo.Options.StreamQueueLimit) throw new OrleansException($"Stream {key.Stream} has {queue.Count} events that nobody takes.");
            queue.Enqueue(streamEvent);
            return isRunning ? null : queue;
        }
    }

    private async Task Drain((StreamId Stream, GrainTable Table) key, Queue<StreamEvent> queue)
    {
        while (Dequeue(key, queue) is { } next) await Offer(next, key.Table, key.Stream);
    }

    private StreamEvent? Dequeue((StreamId Stream, GrainTable Table) key, Queue<StreamEvent> queue)
    {
        lock (_lock)
        {
            if (queue.TryDequeue(out var next)) return next;
            _queues.Remove(key);
            return null;
        }
    }

    private async Task Offer(StreamEvent streamEvent, GrainTable table, StreamId stream)
    {
        var until = _silo.Time.GetUtcNow() + _silo.Options.StreamRetryTime;
        while (true)
        {
            try
            {
                await streamEvent.Offer(table);
                return;
            }
            catch (Exception exception)
            {
                if (_silo.IsStopping || _silo.Time.GetUtcNow() >= until)
                {
                    _silo.Log.EventGivenUp(exception, stream);
                    return;
                }
            }

            await Task.Delay(_silo.Options.StreamRetryPause, _silo.Time);
        }
    }
}
