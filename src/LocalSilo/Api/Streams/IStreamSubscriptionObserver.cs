using Orleans.Runtime;

namespace Orleans.Streams.Core;

/// <summary>A grain that wants to hear of its implicit subscriptions.</summary>
public interface IStreamSubscriptionObserver
{
    /// <summary>An event has come for which the activation has no observer yet: it is lost unless this call resumes one.</summary>
    Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory);
}

/// <summary>Makes the handle of a subscription whose type of event the grain knows.</summary>
public interface IStreamSubscriptionHandleFactory
{
    /// <summary>The stream.</summary>
    StreamId StreamId { get; }

    /// <summary>The name of the stream's provider.</summary>
    string ProviderName { get; }

    /// <summary>The handle, for events of this type.</summary>
    StreamSubscriptionHandle<T> Create<T>();
}
