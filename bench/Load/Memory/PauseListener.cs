using System.Diagnostics.Tracing;
using System.Globalization;

namespace BudgetEngine.Load.Memory;

/// <summary>Looks at every stop that the collector makes in this process, by the runtime's own events: from the order to stop until all threads run again.</summary>
internal sealed class PauseListener : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Collector = (EventKeywords)0x1;
    private const int RestartEnded = 3;
    private const int SuspendBegan = 9;

    /// <summary>Other reasons (a debugger, code that is replaced) are none of the collector's.</summary>
    private const uint ForCollection = 1;
    private const uint ForPreparation = 6;

    private readonly Lock _gate = new();
    private DateTime? _stoppedAt;
    private DateTime _since;
    private TimeSpan _longest;

    public TimeSpan Longest
    {
        get
        {
            lock (_gate) return _longest;
        }
    }

    /// <summary>Events come a moment late: those of stops from before this instant are passed over.</summary>
    public void BeginAnew()
    {
        lock (_gate) (_since, _longest) = (TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.Zero);
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime) EnableEvents(eventSource, EventLevel.Informational, Collector);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // The base's constructor may deliver events before this one's fields are there.
        if (_gate is null) return;
        lock (_gate)
        {
            if (eventData.EventId == SuspendBegan) _stoppedAt = IsOfCollector(eventData) ? eventData.TimeStamp : null;
            else if (eventData.EventId == RestartEnded && _stoppedAt is { } stoppedAt) Add(stoppedAt, eventData.TimeStamp - stoppedAt);
        }
    }

    private void Add(DateTime stoppedAt, TimeSpan length)
    {
        _stoppedAt = null;
        if (stoppedAt >= _since && length > _longest) _longest = length;
    }

    private static bool IsOfCollector(EventWrittenEventArgs suspension) =>
        suspension.Payload is [{ } reason, ..] && Convert.ToUInt32(reason, CultureInfo.InvariantCulture) is ForCollection or ForPreparation;
}
