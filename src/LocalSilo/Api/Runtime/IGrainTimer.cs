namespace Orleans.Runtime;

/// <summary>A timer of one activation.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets the next tick and the period; during a tick this takes effect when the tick has ended.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
