namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>
/// The calls that callers of one silo wait for. All have the same time-out, so the order of their start is the order of their
/// deadlines: one list and one timer, set to the deadline of the oldest, serve all of them.
/// </summary>
internal sealed class PendingCalls : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly long _timeoutTicks;
    private readonly ITimer _timer;
    private Reply? _oldest;
    private Reply? _newest;
    private bool _armed;

    internal PendingCalls(TimeProvider time, TimeSpan timeout)
    {
        _time = time;
        _timeout = timeout;
        _timeoutTicks = (long)(timeout.TotalSeconds * time.TimestampFrequency);
        _timer = time.CreateTimer(static state => ((PendingCalls)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal void Add(Reply reply)
    {
        var deadline = _time.GetTimestamp() + _timeoutTicks;
        lock (_lock)
        {
            // Callers that race for the lock may be a little out of order; the list must not be.
            reply.Deadline = Math.Max(deadline, _newest?.Deadline ?? 0);
            reply.Previous = _newest;
            if (_newest is null) _oldest = reply;
            else _newest.Next = reply;
            _newest = reply;
            if (_armed) return;
            _armed = true;
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        }
    }

    internal void Remove(Reply reply)
    {
        lock (_lock)
        {
            // Without a neighbour and not alone: it was taken out already.
            if (reply.Previous is null && !ReferenceEquals(_oldest, reply)) return;
            if (reply.Previous is null) _oldest = reply.Next;
            else reply.Previous.Next = reply.Next;
            if (reply.Next is null) _newest = reply.Previous;
            else reply.Next.Previous = reply.Previous;
            reply.Previous = reply.Next = null;
        }
    }

    /// <summary>Fails the calls that nothing will answer any more.</summary>
    internal void Fail(Predicate<Reply> isLost, Func<Exception> error)
    {
        List<Reply> lost = [];
        lock (_lock)
        {
            for (var reply = _oldest; reply is not null; reply = reply.Next)
            {
                if (isLost(reply)) lost.Add(reply);
            }
        }

        foreach (var reply in lost) reply.Fail(error());
    }

    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        while (NextExpired() is { } reply)
        {
            // One that ends at this moment takes itself out; it only must not be met again.
            if (!reply.Fail(new TimeoutException($"Response did not arrive on time in {_timeout} for {reply.Call}."))) Remove(reply);
        }
    }

    private Reply? NextExpired()
    {
        lock (_lock)
        {
            _armed = _oldest is not null;
            if (_oldest is null) return null;
            var left = _oldest.Deadline - _time.GetTimestamp();
            if (left <= 0) return _oldest;

            // Rounded up, since a timer that is early would only have to be set again.
            var due = TimeSpan.FromMilliseconds(Math.Ceiling(left * 1000.0 / _time.TimestampFrequency));
            _timer.Change(due, Timeout.InfiniteTimeSpan);
            return null;
        }
    }
}
