using Orleans.Runtime;

namespace Orleans.Streams.Core;

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
