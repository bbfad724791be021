using System.Diagnostics.Metrics;

namespace BudgetEngine.Cluster.Orleans;

/// <summary>Counts the requests that silos of this process send to each other, as Orleans' own meter tells them.</summary>
internal sealed class MessageCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _requests;

    public MessageCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "orleans-messaging-sent-messages-size") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, _, tags, _) => Count(tags));
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Count(tags));
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Count(tags));
        _listener.Start();
    }

    public long Requests => Interlocked.Read(ref _requests);

    public void Dispose() => _listener.Dispose();

    private void Count(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag is { Key: "MessageDirection", Value: "Request" }) Interlocked.Increment(ref _requests);
        }
    }
}
