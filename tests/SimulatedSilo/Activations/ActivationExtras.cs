namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>What only some activations need, or all of them only at their end.</summary>
internal sealed class ActivationExtras
{
    internal List<GrainTimer>? Timers;
    internal Dictionary<(string Provider, StreamId Stream), object>? Observers;
    internal Ending? Ending;
    internal TaskCompletionSource? Deactivated;
}
