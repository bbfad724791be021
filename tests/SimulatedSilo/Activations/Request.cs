namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>A turn that starts something in the grain: a call, a tick, the activation or the deactivation itself.</summary>
internal abstract class Request : Turn
{
    /// <summary>The activation that took the request.</summary>
    internal Activation? Target;

    internal virtual bool AlwaysInterleaves => false;

    internal virtual bool IsReadOnly => false;

    /// <summary>A tick belongs to its activation: it may still start while that waits for its last call, and is never forwarded.</summary>
    internal virtual bool IsLocal => false;

    /// <summary>Whether the grain counts as used.</summary>
    internal virtual bool KeepsAlive => true;

    /// <summary>Runs as a task of the activation. Must not throw, and must tell the activation once when it has ended.</summary>
    internal abstract void Start();

    /// <summary>The target has ended before the request could start: try the next activation, or fail if there is an error.</summary>
    internal virtual void Return(Exception? error)
    {
    }
}
