namespace Orleans.Runtime;

/// <summary>A call that was lost with its silo.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    /// <summary>An exception with a message.</summary>
    public SiloUnavailableException(string msg) : base(msg)
    {
    }
}
