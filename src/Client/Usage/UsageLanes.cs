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

    /// <summary>The same lanes, ordered by when they are due; without the one that is being sent.</summary>
    private readonly PriorityQueue<UsageLane, long> _due = new();

    private TaskCompletionSource _wake = new();
    private bool _isClosed;
    private bool _hurries;

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
                _due.Enqueue(lane, _clock.GetTimestamp());
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
                if (_due.TryPeek(out var lane, out var dueAt))
                {
                    var left = _clock.GetElapsedTime(_clock.GetTimestamp(), dueAt);
                    if (left <= TimeSpan.Zero || _hurries)
                    {
                        lane.Fill(maxBatch);
                        return _due.Dequeue();
                    }

                    _timer.Change(left, Timeout.InfiniteTimeSpan);
                }
                else if (_isClosed)
                {
                    return null;
                }

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
            else _due.Enqueue(lane, _clock.GetTimestamp() + (lane.Batch.Count == 0 ? 0 : (long)(lane.Pause.TotalSeconds * _clock.TimestampFrequency)));
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Wake()
    {
        lock (_sync) _wake.TrySetResult();
    }
}
