namespace BudgetEngine.SimulatedSilo.Activations;

internal static class GrainBaseActivation
{
    /// <summary>The activation behind a grain.</summary>
    internal static Activation Activation(this IGrainBase grain) =>
        grain.GrainContext as Activation ?? throw new InvalidOperationException("The grain was not made by a simulated silo.");
}
