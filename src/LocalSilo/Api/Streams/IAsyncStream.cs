using Orleans.Runtime;

namespace Orleans.Streams;

/// <summary>A stream.</summary>
public interface IAsyncStream
{
    /// <summary>The name of the stream.</summary>
    StreamId StreamId { get; }
}

/// <summary>A stream of events of one type, to which the caller publishes.</summary>
public interface IAsyncStream<T> : IAsyncStream, IAsyncObserver<T>;
