using System.Diagnostics.Metrics;

namespace BudgetEngine.Load.Memory;

/// <summary>Counts what this process sends to others, requests and answers, by Orleans' own meter.</summary>
internal sealed class MessageCounter : IDisposable
{
    private const string SentMessages = "orleans-messaging-sent-messages-size";

    private readonly MeterListener _listener = new();
    private long _count;

    public MessageCounter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == SentMessages) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref _count));
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref _count));
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _count));
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
