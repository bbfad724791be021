namespace BudgetEngine.Domain.Prices;

/// <summary>A model that an import of prices knew and could not take.</summary>
/// <param name="Reason">What a check or a record of the model is told.</param>
public sealed record UntakenModel(string Model, string Reason)
{
    /// <summary>Models that are kept, of all imports together.</summary>
    public const int MaxKept = 20_000;
}
