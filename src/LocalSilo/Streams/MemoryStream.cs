using Orleans.Runtime;
using Orleans.Streams;

namespace BudgetEngine.LocalSilo.Streams;

/// <summary>The publisher's side of a stream.</summary>
internal sealed class MemoryStream<T>(MemoryStreamProvider provider, StreamId streamId) : IAsyncStream<T>
{
    public StreamId StreamId => streamId;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        provider.Publish(streamId, item);
        return Task.CompletedTask;
    }

    // Memory streams of Orleans do not pass these on either.
    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
