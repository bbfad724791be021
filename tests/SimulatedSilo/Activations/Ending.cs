namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>Stops the timers, calls OnDeactivateAsync if the activation ever was valid, disposes the grain.</summary>
internal sealed class Ending(Activation activation, DeactivationReason reason, bool wasValid) : Transition(activation)
{
    internal Exception? Error => reason.Exception;

    private protected override async Task Run()
    {
        Activation.DisposeTimers();
        try
        {
            if (wasValid && Activation.GrainInstance is IGrainBase grain)
            {
                await Bounded(token => grain.OnDeactivateAsync(reason, token), Activation.Silo.Options.DeactivationTimeout);
            }
        }
        catch (Exception exception)
        {
            // Nobody waits for the grain that could be told; as in Orleans, the end goes on.
            Activation.Silo.Log.DeactivationFailed(exception, Activation);
        }

        await DisposeGrain();
        Activation.OnEnded(this);
    }

    private async Task DisposeGrain()
    {
        try
        {
            if (Activation.GrainInstance is IAsyncDisposable asyncDisposable) await asyncDisposable.DisposeAsync();
            else (Activation.GrainInstance as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            Activation.Silo.Log.DeactivationFailed(exception, Activation);
        }
    }
}
