namespace Orleans.Runtime;

/// <summary>A call that no activation took.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message) : base(message)
    {
    }
}
