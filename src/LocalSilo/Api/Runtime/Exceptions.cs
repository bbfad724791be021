namespace Orleans.Runtime;

/// <summary>The base of what the runtime, and not a grain, throws.</summary>
public class OrleansException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public OrleansException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public OrleansException(string message) : base(message)
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public OrleansException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>A call that no activation took.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message) : base(message)
    {
    }
}

/// <summary>A call that was lost with its silo.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    /// <summary>An exception with a message.</summary>
    public SiloUnavailableException(string msg) : base(msg)
    {
    }
}
