namespace BudgetEngine.SimulatedSilo.Activations;

internal enum ActivationState : byte
{
    /// <summary>Not a single turn has run.</summary>
    Created,

    /// <summary>The constructor or OnActivateAsync runs; calls wait.</summary>
    Activating,

    /// <summary>Takes calls.</summary>
    Valid,

    /// <summary>The end was asked for: no new call starts.</summary>
    Deactivating,

    /// <summary>Over; calls go to the next activation, but tasks that the grain left behind still run.</summary>
    Ended,

    /// <summary>Crashed: nothing runs any more.</summary>
    Killed,
}
