namespace BudgetEngine.Api.Events;

/// <summary>The last events, for those who come back: bounded in number, bytes and age. Used under the hub's lock.</summary>
internal sealed class EventRing
{
    private readonly Queue<LiveEvent> _events = new();
    private long _bytes;

    /// <summary>The highest number that has been forgotten.</summary>
    public long Forgotten { get; private set; }

    public IEnumerable<LiveEvent> After(long number) => _events.Where(e => e.Id.Number > number);

    public void Add(LiveEvent live)
    {
        _events.Enqueue(live);
        _bytes += live.Bytes;
        while (_events.Count > EventLimits.MaxRemembered || _bytes > EventLimits.MaxRememberedBytes) Drop();
    }

    public void Forget(DateTimeOffset before)
    {
        while (_events.TryPeek(out var oldest) && oldest.Id.At < before) Drop();
    }

    private void Drop()
    {
        var oldest = _events.Dequeue();
        _bytes -= oldest.Bytes;
        Forgotten = oldest.Id.Number;
    }
}
