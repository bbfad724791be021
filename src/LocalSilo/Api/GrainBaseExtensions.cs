using BudgetEngine.LocalSilo.Activations;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain asks of its own activation.</summary>
public static class GrainBaseExtensions
{
    /// <summary>Starts a timer that lives as long as the activation and whose ticks are turns of it.</summary>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options) =>
        grain.Activation().AddTimer(callback, options);
}
