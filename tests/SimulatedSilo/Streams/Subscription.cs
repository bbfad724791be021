using BudgetEngine.SimulatedSilo.Activations;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace BudgetEngine.SimulatedSilo.Streams;

/// <summary>The implicit subscription of an activation to a stream.</summary>
internal sealed class Subscription(Activation activation, MemoryStreamToken token) : IStreamSubscriptionHandleFactory
{
    public StreamId StreamId => token.Stream;

    public string ProviderName => token.Provider;

    public GuidId SubscriptionId => GuidId.GetGuidId(Guid.Empty);

    public StreamSubscriptionHandle<T> Create<T>() => new Handle<T>(activation, token);

    private sealed class Handle<T>(Activation activation, MemoryStreamToken token) : StreamSubscriptionHandle<T>
    {
        public override StreamId StreamId => token.Stream;

        public override string ProviderName => token.Provider;

        public override Guid HandleId => Guid.Empty;

        public override bool Equals(StreamSubscriptionHandle<T>? other) => ReferenceEquals(this, other);

        public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? from = null) => throw new NotSupportedException();

        public override Task UnsubscribeAsync() => throw new NotSupportedException();

        public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? from = null)
        {
            activation.Resume(token, observer);
            return Task.FromResult<StreamSubscriptionHandle<T>>(this);
        }
    }
}
