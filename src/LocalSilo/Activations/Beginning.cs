using Orleans;
using Orleans.Core;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>Constructs the grain, reads its states, calls OnActivateAsync.</summary>
internal sealed class Beginning(Activation activation) : Transition(activation)
{
    [ThreadStatic]
    private static Activation? t_constructing;

    private readonly List<IStorage> _states = [];

    /// <summary>The activation whose grain is being constructed on this thread.</summary>
    internal static Activation? Constructing => t_constructing;

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
        t_constructing = Activation;
        try
        {
            return Activation.GrainClass.Construct(Activation, _states);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Failed to create an instance of grain type '{Activation.GrainClass.Name}'.", exception);
        }
        finally
        {
            t_constructing = null;
        }
    }
}
