using BudgetEngine.LocalSilo.Activations;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace BudgetEngine.LocalSilo.Streams;

/// <summary>The implicit subscription of an activation to a stream.</summary>
internal sealed class Subscription(Activation activation, MemoryStreamToken token) : IStreamSubscriptionHandleFactory
{
    public StreamId StreamId => token.Stream;

    public string ProviderName => token.Provider;

    public StreamSubscriptionHandle<T> Create<T>() => new Handle<T>(activation, token);

    private sealed class Handle<T>(Activation activation, MemoryStreamToken token) : StreamSubscriptionHandle<T>
    {
        public override StreamId StreamId => token.Stream;

        public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? from = null)
        {
            activation.Resume(token, observer);
            return Task.FromResult<StreamSubscriptionHandle<T>>(this);
        }
    }
}
