using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Grains.Interfaces.Alerts;
using Orleans.Streams;

namespace BudgetEngine.Grains.Alerts;

/// <summary>Rings through the stream of a channel. The stored alert, not the stream, is the source: a ring that is lost is made up for by the sweep.</summary>
/// <param name="provider">Asked for with the first ring: the silo starts after this is made.</param>
public sealed class StreamDoorbell(Func<IStreamProvider> provider) : IAlertDoorbell
{
    public Task RingAsync(string channel) =>
        provider().GetStream<AlertRing>(StreamId.Create(AlertStreams.Namespace, channel)).OnNextAsync(new AlertRing(channel));
}
