using Orleans.Core;

namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>Constructs the grain, reads its states, calls OnActivateAsync.</summary>
internal sealed class Beginning(Activation activation) : Transition(activation)
{
    private readonly List<IStorage> _states = [];

    private protected override async Task Run()
    {
        DeactivationReason? failure = null;
        try
        {
            Activation.GrainInstance = Construct();
            foreach (var state in _states) await state.ReadStateAsync();
            if (Activation.GrainInstance is IGrainBase grain) await Bounded(grain.OnActivateAsync, Activation.Silo.Options.ActivationTimeout);
        }
        catch (Exception exception)
        {
            if (exception is OperationCanceledException && IsCancelled)
            {
                failure = new(DeactivationReasonCode.RuntimeRequested, exception, "Activation was cancelled by the runtime.");
            }
            else
            {
                failure = new(DeactivationReasonCode.ActivationFailed, exception, "Failed to activate grain.");
                Activation.Silo.Log.ActivationFailed(exception, Activation);
            }
        }

        Activation.OnBegun(failure);
    }

    private object Construct()
    {
        try
        {
            return Activation.GrainClass.Construct(Activation, _states);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Failed to create an instance of grain type '{Activation.GrainClass.Name}'.", exception);
        }
    }
}
