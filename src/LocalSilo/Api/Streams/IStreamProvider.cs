using Orleans.Runtime;

namespace Orleans.Streams;

/// <summary>Makes streams.</summary>
public interface IStreamProvider
{
    /// <summary>The name under which the provider was registered.</summary>
    string Name { get; }

    /// <summary>The stream of this name; a stream exists without being created.</summary>
    IAsyncStream<T> GetStream<T>(StreamId streamId);
}
