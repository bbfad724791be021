using BudgetEngine.LocalSilo.Activations;
using BudgetEngine.LocalSilo.Calls;
using Orleans;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace BudgetEngine.LocalSilo.Streams;

/// <summary>An event that waits for its consumer.</summary>
internal abstract class StreamEvent
{
    /// <summary>Offers it to the grain that has the stream's key, as a call like any other.</summary>
    internal abstract Task Offer(GrainTable table);
}

internal sealed class StreamEvent<T>(T item, MemoryStreamToken token) : StreamEvent
{
    private static readonly GrainMethod s_onNext = new(
        nameof(IAsyncObserver<T>.OnNextAsync),
        [typeof(T), typeof(MemoryStreamToken)],
        static (grain, arguments) => Take((IGrainBase)grain, (T)arguments[0]!, (MemoryStreamToken)arguments[1]!));

    internal override Task Offer(GrainTable table) => new GrainCall(table, token.Stream.GetKeyAsString(), s_onNext, [item, token]).Send();

    private static async Task Take(IGrainBase grain, T item, MemoryStreamToken token)
    {
        var activation = grain.Activation();
        if (activation.ObserverOf(token) is null && grain is IStreamSubscriptionObserver subscriber)
        {
            await subscriber.OnSubscribed(new Subscription(activation, token));
        }

        if (activation.ObserverOf(token) is { } observer) await ((IAsyncObserver<T>)observer).OnNextAsync(item, token);
        else activation.Silo.Log.EventLost(token.Stream, activation);
    }
}
