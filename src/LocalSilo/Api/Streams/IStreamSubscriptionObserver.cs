namespace Orleans.Streams.Core;

/// <summary>A grain that wants to hear of its implicit subscriptions.</summary>
public interface IStreamSubscriptionObserver
{
    /// <summary>An event has come for which the activation has no observer yet: it is lost unless this call resumes one.</summary>
    Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory);
}
