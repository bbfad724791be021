using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>How a grain timer ticks.</summary>
public readonly struct GrainTimerCreationOptions
{
    /// <summary>Options to be filled by an initialiser.</summary>
    public GrainTimerCreationOptions()
    {
    }

    /// <summary>Options of a timer that neither interleaves nor keeps its grain alive.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) => (DueTime, Period) = (dueTime, period);

    /// <summary>Time until the first tick; infinite for none.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time from the end of a tick to the next; infinite for one tick only.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Lets ticks interleave with calls; otherwise a tick waits like a call.</summary>
    public bool Interleave { get; init; }

    /// <summary>Lets a tick count as a call for idle collection.</summary>
    public bool KeepAlive { get; init; }
}
