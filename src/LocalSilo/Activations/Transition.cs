namespace BudgetEngine.LocalSilo.Activations;

/// <summary>The turn that begins the activation or the deactivation; it is not a call, so it does not count as running.</summary>
internal sealed class Transition : Request
{
    private readonly ActivationState _to;

    internal Transition(Activation activation, ActivationState to)
    {
        Target = activation;
        _to = to;
    }

    internal override void Start() => _ = _to == ActivationState.Activating ? Target!.ActivateAsync() : Target!.DeactivateAsync();
}
