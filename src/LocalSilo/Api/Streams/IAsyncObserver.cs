namespace Orleans.Streams;

/// <summary>What receives the events of a stream.</summary>
public interface IAsyncObserver<in T>
{
    /// <summary>One event; the next follows when the task has ended.</summary>
    Task OnNextAsync(T item, StreamSequenceToken? token = null);

    /// <summary>The stream has ended.</summary>
    Task OnCompletedAsync();

    /// <summary>The stream has failed.</summary>
    Task OnErrorAsync(Exception ex);
}
