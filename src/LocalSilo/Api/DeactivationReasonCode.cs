namespace Orleans;

/// <summary>Why an activation ends; the codes that this runtime uses.</summary>
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason was given.</summary>
    None = 0,

    /// <summary>The process is stopping.</summary>
    ShuttingDown = 1,

    /// <summary>The constructor or OnActivateAsync failed.</summary>
    ActivationFailed = 2,

    /// <summary>Nothing called the grain for a while.</summary>
    ActivationIdle = 4,

    /// <summary>The grain failed.</summary>
    ApplicationError = 8,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested = 9,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested = 11,

    /// <summary>There were more activations than the limit allows.</summary>
    HighMemoryPressure = 12,
}
