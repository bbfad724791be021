using Orleans;
using Orleans.Core;
using Orleans.Runtime;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>What only some activations need, or all of them only for a moment.</summary>
internal sealed class ActivationExtras
{
    internal List<GrainTimer>? Timers;
    internal List<IStorage>? States;
    internal Dictionary<(string Provider, StreamId Stream), object>? Observers;
    internal CancellationTokenSource? Activating;
    internal TaskCompletionSource? Deactivated;
    internal DeactivationReason Reason;

    /// <summary>Whether OnActivateAsync had ended when the end was asked for; only then OnDeactivateAsync is due.</summary>
    internal bool WasValid;
}
