using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Usage;

/// <summary>The records that wait, by key, and whose turn it is to be sent.</summary>
internal sealed class UsageLanes : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;

    /// <summary>Guards all that follows.</summary>
    private readonly Lock _sync = new();

    /// <summary>One for each key that has records.</summary>
    private readonly Dictionary<ValueTuple<EngineCredentials?>, UsageLane> _lanes = [];

    /// <summary>Those with nothing to be sent again, in turn; without the one that is being sent.</summary>
    private readonly Queue<UsageLane> _ready = [];

    /// <summary>Those with something to be sent again, by when that is due; without the one that is being sent.</summary>
    private readonly PriorityQueue<UsageLane, long> _retries = new();

    private TaskCompletionSource _wake = new();
    private bool _isClosed;
    private bool _hurries;

    /// <summary>Each attempt of a key that fails may take long: however many there are, every second turn is another's.</summary>
    private bool _lastWasRetry;

    public UsageLanes(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(static lanes => ((UsageLanes)lanes!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>False: closed.</summary>
    public bool TryAdd(UsageRecord record)
    {
        lock (_sync)
        {
            if (_isClosed) return false;
            if (!_lanes.TryGetValue(new(record.As), out var lane))
            {
                _lanes[new(record.As)] = lane = new UsageLane(record.As);
                _ready.Enqueue(lane);
                _wake.TrySetResult();
            }

            lane.Add(record);
            return true;
        }
    }

    /// <summary>Completes when every record that was added before has been recorded or refused.</summary>
    public Task ReachedAsync()
    {
        lock (_sync) return Task.WhenAll(_lanes.Values.Select(lane => lane.AddMark()).ToList());
    }

    /// <summary>Takes no further records.</summary>
    public void Close()
    {
        lock (_sync) _isClosed = true;
        Wake();
    }

    /// <summary>From now on no lane waits until it is due.</summary>
    public void Hurry()
    {
        lock (_sync) _hurries = true;
        Wake();
    }

    /// <summary>The key whose turn it is, with its next batch; null: closed, and nothing is left.</summary>
    public async Task<UsageLane?> NextAsync(int maxBatch)
    {
        while (true)
        {
            Task woken;
            lock (_sync)
            {
                var left = _retries.TryPeek(out _, out var dueAt) ? _clock.GetElapsedTime(_clock.GetTimestamp(), dueAt) : (TimeSpan?)null;
                var isDue = left <= TimeSpan.Zero || (left is not null && _hurries);
                if (_ready.Count > 0 || isDue)
                {
                    _lastWasRetry = isDue && (_ready.Count == 0 || !_lastWasRetry);
                    var lane = _lastWasRetry ? _retries.Dequeue() : _ready.Dequeue();
                    lane.Fill(maxBatch);
                    return lane;
                }

                if (left is { } wait) _timer.Change(wait, Timeout.InfiniteTimeSpan);
                else if (_isClosed) return null;
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                woken = _wake.Task;
            }

            await woken;
        }
    }

    /// <summary>After an attempt: what is to be sent again waits for the pause; a key whose batch is known takes its next turn after the others.</summary>
    public void PutBack(UsageLane lane)
    {
        lock (_sync)
        {
            lane.CompleteMarks();
            if (lane.IsEmpty) _lanes.Remove(new(lane.Credentials));
            else if (lane.Batch.Count == 0) _ready.Enqueue(lane);
            else _retries.Enqueue(lane, _clock.GetTimestamp() + (long)(lane.Pause.TotalSeconds * _clock.TimestampFrequency));
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Wake()
    {
        lock (_sync) _wake.TrySetResult();
    }
}
