namespace Orleans;

/// <summary>Subscribes a grain class to a namespace: an event on a stream goes to the grain that has the stream's key.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public class ImplicitStreamSubscriptionAttribute : Attribute
{
    /// <summary>Subscribes to one namespace.</summary>
    public ImplicitStreamSubscriptionAttribute(string streamNamespace, string? streamIdMapper = null)
    {
        if (streamIdMapper is not null) throw new NotSupportedException("LocalSilo takes the stream's key as the grain's key.");
        Namespace = streamNamespace;
    }

    internal string Namespace { get; }
}
